import { describeDeployed } from '../support/deployed-pipeline.ts';
import { hostileDeliveries } from './hostile-deliveries.ts';
import { providerEvent } from './provider-event.ts';

describeDeployed('at hostile and repeated deliveries', (open) => {
  hostileDeliveries(open);
  providerEvent(open);
});
