import { describeDeployed } from '../support/deployed-pipeline.ts';
import { askedPeople } from './asked-people.ts';

describeDeployed('that asks people', askedPeople);
