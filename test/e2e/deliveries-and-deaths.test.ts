import { describeDeployed } from '../support/deployed-pipeline.ts';
import { hostileDeliveries } from './hostile-deliveries.ts';
import { killedFunction } from './killed-function.ts';
import { providerEvent } from './provider-event.ts';

describeDeployed('at hostile and repeated deliveries, and whose functions die', (open) => {
  hostileDeliveries(open);
  killedFunction(open);
  providerEvent(open);
});
