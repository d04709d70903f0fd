import { whyNoNodes } from '@self-healing/local-aws/testing/nodes.ts';
import { afterAll, beforeAll, describe } from 'vitest';
import { openStage, type TestStage } from './open-stage.ts';

/** A suite with a stage of its own, for all of its drills: deploying takes longer than any single one. Skipped where no node can run. */
export function describeDeployed(what: string, drills: (open: () => TestStage) => void): void {
  describe.skipIf(whyNoNodes !== '')(`the deployed pipeline ${what}${whyNoNodes}`, () => {
    let stage: TestStage;
    beforeAll(async () => {
      stage = await openStage();
    });
    afterAll(() => stage?.clear());
    drills(() => stage);
  });
}
