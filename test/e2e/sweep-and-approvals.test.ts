import { describeDeployed } from '../support/deployed-pipeline.ts';
import { askedPeople } from './asked-people.ts';
import { sweptUp } from './swept-up.ts';

describeDeployed('that sweeps up, and asks people', (open) => {
  sweptUp(open);
  askedPeople(open);
});
