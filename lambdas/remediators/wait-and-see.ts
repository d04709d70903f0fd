import * as z from 'zod';
import { defineRemediator } from './remediator.ts';

/**
 * Waits and looks again.
 *
 * Cures what: symptoms that pass by themselves, such as a short peak or a process that systemd restarts.
 * Does what in AWS: nothing.
 * Can harm what: nothing; a real fault lasts as much longer as the rung waits.
 * Refuses when: never.
 * Safe twice: yes.
 * Proved by: `unit/remediators/wait-and-see`.
 */
export const remediator = defineRemediator({
  name: 'wait-and-see',
  targets: ['instance', 'auto-scaling-group', 'database', 'database-cluster'],
  acts: false,
  cost: 'none',
  params: z.strictObject({}),
  settle: { seconds: 0 },
  verifyWithin: { minutes: 2 },
  ports: {},
  permissions: { observe: [], execute: [] },
  observe: async () => ({}),
  plan: () => ({}),
  summary: () => 'wait and see',
  execute: async () => ({}),
  assess: () => ({ kind: 'done' }),
});
