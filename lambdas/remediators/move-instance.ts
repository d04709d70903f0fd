import * as z from 'zod';
import type { Hosting, Instance, RunbookExecution } from '../core/ports.ts';
import { GROUP_TAG } from '../core/selection.ts';
import type { Progress } from '../core/verification.ts';
import { instanceId } from './command-remediator.ts';
import { defineRemediator, type Refusal } from './remediator.ts';
import { startRunbook } from './runbook-permission.ts';
import { runbookProgress } from './runbook-progress.ts';

/** AWS's own runbook: stops the instance, by force if need be, starts it, and waits until its status checks are passed. */
const RUNBOOK = 'AWS-RestartEC2Instance';

const paramsSchema = z.strictObject({
  /**
   * ARNs of the KMS keys that encrypt the instances' volumes, the account's `aws/ebs` among them. Without the right to
   * use the key EC2 stops such an instance and cannot start it again, so an instance with any other key is refused.
   * @default - none
   */
  keys: z.array(z.string().regex(/^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key\/[A-Za-z0-9-]{1,64}$/, 'must be the ARN of a key')).default([]),
});

type Params = z.output<typeof paramsSchema>;

interface Observed {
  readonly instance?: Instance;
  readonly hosting?: Hosting;
  readonly execution?: RunbookExecution;
}

interface Plan {
  readonly id: string;
  /** When it was started before the move. */
  readonly launchedAt: string;
  readonly addressChanges: boolean;
}

interface Receipt {
  readonly executionId: string;
}

/**
 * Stops and starts an instance, so that EC2 puts it on another host.
 *
 * Cures what: an ill host, where AWS's own recovery has not helped: a failed system status check that stays.
 * Does what in AWS: one `ssm:StartAutomationExecution` of AWS's runbook `AWS-RestartEC2Instance`, which acts with the
 * rights of this remedy's own role: `ec2:StopInstances`, `ec2:StartInstances`. It is followed to its end, and done when EC2 shows a new start.
 * Can harm what: the instance serves nothing for some minutes and loses its memory; a public IPv4 address that is no
 * Elastic IP changes; where EC2 has no room for its type it stays stopped, and a person is told.
 * Refuses when: it is not running; it is a member of an Auto Scaling group, which would replace it meanwhile; it is a
 * Spot instance or of another lifecycle than on demand, and may not start again; it has an instance store, whose data a stop loses; a volume is
 * encrypted with a key that is not named; it stands on a Dedicated Host, to which it would come back (next rung).
 * Safe twice: yes, AWS knows the token of the attempt, so it is moved once.
 * Proved by: `contract/remedies-act`, `unit/remediators/move-instance`.
 */
export const remediator = defineRemediator<'instances' | 'runbooks', typeof paramsSchema, Observed, Plan, Receipt>({
  name: 'move-instance',
  targets: ['instance'],
  acts: true,
  cost: 'machine',
  params: paramsSchema,
  settle: { minutes: 2 },
  verifyWithin: { minutes: 20 },
  // A stop by force, a start, and the status checks; Systems Manager says when the runbook ends.
  longest: () => ({ hours: 1 }),
  heldTo: (plan) => plan,
  ports: { instances: true, runbooks: true },
  permissions: {
    observe: [
      {
        actions: ['ec2:DescribeInstances', 'ec2:DescribeInstanceTypes', 'ec2:DescribeVolumes', 'ssm:GetAutomationExecution'],
        on: 'any',
      },
    ],
    execute: [
      ...startRunbook(() => RUNBOOK),
      { actions: ['ec2:StopInstances', 'ec2:StartInstances'], on: 'targets' },
      { actions: ['ec2:DescribeInstanceStatus'], on: 'any' },
      {
        actions: ['kms:CreateGrant'],
        on: 'named',
        resources: ({ keys }: Params) => keys,
        condition: { Bool: { 'kms:GrantIsForAWSResource': 'true' } },
      },
    ],
  },
  async observe(target, _params, { instances, runbooks }, receipt) {
    const id = instanceId(target);
    // First: what the instance shows is judged by the end of the runbook, and must not be older than that.
    const execution = receipt && (await runbooks.execution(receipt.executionId));
    const [instance] = await instances.describe([id]);
    const hosting = instance && (await instances.hosting(id));
    return { ...(instance && { instance }), ...(hosting && { hosting }), ...(execution && { execution }) };
  },
  plan({ instance, hosting }, { keys }) {
    if (!instance || !hosting) return unsafe('the instance does not exist');
    return (
      refusalOf(instance, hosting, keys) ?? {
        id: instance.id,
        launchedAt: hosting.launchedAt,
        addressChanges: hosting.publicAddress === 'changes',
      }
    );
  },
  summary: ({ addressChanges }) =>
    `stop the instance and start it on another host${addressChanges ? ', by which its public IPv4 address changes' : ''}`,
  async execute({ plan: { id }, token }, { runbooks }) {
    return { executionId: await runbooks.start({ document: RUNBOOK, parameters: { InstanceId: [id] }, token }) };
  },
  assess: (plan, { instance, hosting, execution }): Progress => {
    const state = instance ? `the instance is ${instance.state}` : 'the instance does not exist any more';
    const unfinished = runbookProgress(execution, state);
    if (unfinished) return unfinished;
    if (instance?.state !== 'running') return { kind: 'failed', why: state };
    // The runbook goes on to the start where the stop failed, and then succeeds without a move.
    if (!hosting || hosting.launchedAt <= plan.launchedAt) return { kind: 'failed', why: 'EC2 shows no new start of the instance' };
    return { kind: 'done', detail: `started anew at ${hosting.launchedAt}` };
  },
});

function refusalOf({ state, tags }: Instance, hosting: Hosting, keys: Params['keys']): Refusal | undefined {
  const group = tags[GROUP_TAG];
  const key = hosting.keys.find((used) => !keys.includes(used));
  if (state !== 'running') return unsafe(`the instance is ${state}, not running`);
  if (group !== undefined)
    return unsafe(`its Auto Scaling group ${group} would replace it while it is stopped; replaceInstance is for members`);
  if (hosting.lifecycle !== undefined) return unsafe(`it is not on demand but ${hosting.lifecycle}, and may not start again`);
  if (hosting.instanceStore) return unsafe('its type has an instance store, whose data a stop would lose');
  if (key !== undefined) return unsafe(`a volume is encrypted with ${key}, which is not one of the keys that the remedy was given`);
  if (hosting.dedicatedHost) return { refusal: 'not-applicable', why: 'it stands on a Dedicated Host and would come back to it' };
  return undefined;
}

function unsafe(why: string): Refusal {
  return { refusal: 'unsafe-to-act', why };
}
