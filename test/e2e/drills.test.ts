import { describeDeployed } from '../support/deployed-pipeline.ts';
import { heldDrills } from './held-drills.ts';

describeDeployed('at drills', heldDrills);
