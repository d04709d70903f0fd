import { afterAll, beforeAll, describe } from 'vitest';
import { whyNoNodes } from '../support/nodes.ts';
import { openStage, type TestStage } from '../support/open-stage.ts';
import { askedPeople } from './asked-people.ts';
import { hostileDeliveries } from './hostile-deliveries.ts';
import { killedFunction } from './killed-function.ts';
import { providerEvent } from './provider-event.ts';
import { sweptUp } from './swept-up.ts';

// One stage for all of them: deploying takes longer than any single drill.
describe.skipIf(whyNoNodes !== '')(`the deployed pipeline in hostile and crashing circumstances${whyNoNodes}`, () => {
  let test: TestStage;
  beforeAll(async () => {
    test = await openStage();
  });
  afterAll(() => test?.clear());

  hostileDeliveries(() => test);
  killedFunction(() => test);
  sweptUp(() => test);
  askedPeople(() => test);
  providerEvent(() => test);
});
