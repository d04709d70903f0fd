import { describeDeployed } from '../support/deployed-pipeline.ts';
import { killedFunction } from './killed-function.ts';

describeDeployed('when its functions are killed', killedFunction);
