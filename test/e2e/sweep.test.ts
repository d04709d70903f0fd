import { describeDeployed } from '../support/deployed-pipeline.ts';
import { sweptUp } from './swept-up.ts';

describeDeployed('after events were lost and workflows stopped', sweptUp);
