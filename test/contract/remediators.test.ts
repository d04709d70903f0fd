import { readFile } from 'node:fs/promises';
import type { Disturbance } from '@self-healing/local-aws/gateway/disturbance.ts';
import { AwsError } from '@self-healing/local-aws/gateway/service.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { attemptToken } from '../../lambdas/core/incident.ts';
import type { Target, TargetKind } from '../../lambdas/core/target.ts';
import { registry } from '../../lambdas/remediators/registry.ts';
import { isRefusal, type Remediator } from '../../lambdas/remediators/remediator.ts';
import { documentOf, openRemedyStage, type RemedyStage } from '../support/remedy-stage.ts';
import { type ScriptedNode, scriptedNode } from '../support/scripted-node.ts';

const INSTANCE = 'i-00000000000000abc';

let stage: RemedyStage;
let simulated: ScriptedNode;

beforeAll(async () => {
  stage = await openRemedyStage({
    prefix: 'registry',
    instanceIds: [INSTANCE],
    node: (id) => (id === INSTANCE ? simulated.node : undefined),
  });
});
afterAll(() => stage.aws.close());
beforeEach(() => {
  simulated = scriptedNode(INSTANCE);
});

interface Case {
  readonly target: () => Target;
  readonly params: object;
  /** A target that the remedy must refuse. */
  readonly refused?: () => Target;
  /** Parameters that it must refuse on any target. */
  readonly refusedParams?: object;
}

const instance = (id: string) => (): Target => ({ kind: 'instance', id });
const unknownInstance = instance('i-00000000000000fff');
const unknownGroup = (): Target => ({ kind: 'auto-scaling-group', name: 'nobody' });
const unknownDatabase = (): Target => ({ kind: 'database', id: 'nobody' });

/** An ordinary use of the remedies that need more than their defaults on an ordinary target. */
const cases: Readonly<Record<string, Case>> = {
  'restart-service': { target: instance(INSTANCE), params: { service: 'web' }, refused: unknownInstance },
  'replace-instance': { target: () => ({ kind: 'instance', id: stage.member() }), params: {}, refused: unknownInstance },
  'clear-caches': { target: instance(INSTANCE), params: { paths: ['/srv/web/tmp'] }, refused: unknownInstance },
  'add-capacity': {
    target: () => ({ kind: 'auto-scaling-group', name: stage.group }),
    params: { instances: 1 },
    refused: () => ({ kind: 'auto-scaling-group', name: 'nobody' }),
  },
  'grow-storage': { target: () => ({ kind: 'database', id: stage.database }), params: { ceilingGibibytes: 500 }, refused: unknownDatabase },
  'grow-volume': {
    target: () => ({ kind: 'instance', id: stage.volumeOwner() }),
    params: { ceilingGibibytes: 500 },
    refused: unknownInstance,
  },
  'grow-file-system': { target: instance(INSTANCE), params: { path: '/srv/web' }, refused: unknownInstance },
  'reboot-database': { target: () => ({ kind: 'database', id: stage.singleDatabase }), params: {}, refused: unknownDatabase },
  'reconnect-sessions': { target: instance(INSTANCE), params: { by: 'service', service: 'web' }, refused: unknownInstance },
  'release-sessions': {
    target: () => ({ kind: 'database', id: stage.database }),
    params: {},
    refused: () => ({ kind: 'database', id: stage.singleDatabase }),
  },
  'run-runbook': {
    target: instance(INSTANCE),
    params: { document: 'Shop-DrainQueue', assumeRole: 'arn:aws:iam::111122223333:role/shop-runbooks', targetParameter: 'InstanceId' },
    refusedParams: { document: 'Shop-Nothing', assumeRole: 'arn:aws:iam::111122223333:role/shop-runbooks', targetParameter: 'InstanceId' },
  },
  'fail-over-database': {
    target: () => ({ kind: 'database', id: stage.database }),
    params: {},
    refused: () => ({ kind: 'database', id: stage.singleDatabase }),
  },
};

/** Where a remedy is used whose case is not given: an ordinary target of its kind, and one that does not exist. */
const ordinary: Readonly<Record<TargetKind, Pick<Case, 'target' | 'refused'>>> = {
  instance: { target: instance(INSTANCE), refused: unknownInstance },
  'auto-scaling-group': { target: () => ({ kind: 'auto-scaling-group', name: stage.group }), refused: unknownGroup },
  database: { target: () => ({ kind: 'database', id: stage.database }), refused: unknownDatabase },
  'database-cluster': {
    target: () => ({ kind: 'database-cluster', id: stage.database }),
    refused: () => ({ kind: 'database-cluster', id: 'nobody' }),
  },
};

function derivedCase({ name, targets: [kind = 'instance'], params, acts }: Remediator): Case {
  if (!params.safeParse({}).success) throw new Error(`the parameters of ${name} have no defaults: add its case to this suite`);
  const { target, refused } = ordinary[kind];
  return { target, params: {}, ...(acts && refused && { refused }) };
}

const denied: Disturbance = { error: new AwsError('AccessDeniedException', 'not authorized', 403) };

describe.each(Object.values(registry).map((remediator) => [remediator.name, remediator] as const))('%s', (name, remediator: Remediator) => {
  const caseOf = (): Case => cases[name] ?? derivedCase(remediator);
  const params = () => remediator.params.parse(caseOf().params);
  const observe = (target = caseOf().target()) => remediator.observe(target, params(), stage.ports);
  const order = (plan: unknown, number = 0) => ({
    target: caseOf().target(),
    plan,
    token: attemptToken('c'.repeat(64), number),
    document: documentOf(name),
  });
  const asked = async (call: () => Promise<unknown>) => {
    const before = stage.aws.calls().length;
    await call();
    return (
      stage.aws
        .calls()
        .slice(before)
        // IAM has another name for CloudWatch than its endpoint.
        .map(({ service, action }) => `${service === 'monitoring' ? 'cloudwatch' : service}:${action}`)
    );
  };

  it('refuses parameters that it does not know', () => {
    expect(remediator.params.safeParse({ ...caseOf().params, unheardOf: true }).success).toBe(false);
  });

  it('is in the reference of remedies', async () => {
    const page = await readFile(new URL('../../docs/reference/remedies.md', import.meta.url), 'utf8');
    expect(page.split('\n').filter((line) => line.startsWith('## ') && line.includes(name))).not.toEqual([]);
  });

  it('plans the same twice from what it saw, and lets it be', async () => {
    const observed = await observe();
    const before = structuredClone(observed);
    const plan = remediator.plan(observed, params());
    expect(isRefusal(plan)).toBe(false);
    expect(remediator.plan(observed, params())).toEqual(plan);
    expect(observed).toEqual(before);
  });

  it('has a plan and a receipt that survive being written down', async () => {
    const plan = remediator.plan(await observe(), params());
    expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
    expect(remediator.summary(plan)).toMatch(/^[a-z].*[^.]$/);
  });

  it('changes nothing while it looks', async () => {
    const before = stage.aws.acts().length;
    await observe();
    expect(stage.aws.acts()).toHaveLength(before);
  });

  it('reports a denied look as a defect', async () => {
    const reads = await asked(observe);
    for (const read of reads) {
      const action = read.split(':')[1] ?? '';
      stage.aws.disturb(action, [denied]);
      await expect(observe()).rejects.toMatchObject({ name: 'Defect', cause: { name: 'AccessDeniedException' } });
    }
    expect(reads.length > 0).toBe(remediator.permissions.observe.length > 0);
  });

  it('refuses what it may not touch, and no act stands in the record', async () => {
    const { target, refused, refusedParams } = caseOf();
    expect(refused !== undefined || refusedParams !== undefined).toBe(remediator.acts);
    if (!remediator.acts) return;
    const before = stage.aws.acts().length;
    const given = remediator.params.parse(refusedParams ?? caseOf().params);
    const observed = await remediator.observe((refused ?? target)(), given, stage.ports);
    expect(isRefusal(remediator.plan(observed, given))).toBe(true);
    expect(stage.aws.acts()).toHaveLength(before);
  });

  it('reports a denied act as a defect that was not done', async () => {
    if (!remediator.acts) return;
    const plan = remediator.plan(await observe(), params());
    const [action = ''] = remediator.permissions.execute.flatMap(({ actions }) => actions.map((each) => each.split(':')[1] ?? ''));
    stage.aws.disturb(action, [denied]);
    await expect(remediator.execute(order(plan), stage.ports)).rejects.toMatchObject({ name: 'Defect' });
    stage.aws.disturb(action, []);
    await stage.settled();
    expect(remediator.plan(await observe(), params())).toEqual(plan);
  });

  it('asks AWS for nothing but what it declares, and acts in one call', async () => {
    const plan = remediator.plan(await observe(), params());
    let receipt: unknown;
    const looked = await asked(observe);
    const executed = await asked(async () => {
      receipt = await remediator.execute(order(plan, 1), stage.ports);
    });
    const recalled = await asked(async () => remediator.recall?.(order(plan, 1), stage.ports));
    const verified = await asked(() => remediator.observe(caseOf().target(), params(), stage.ports, receipt));
    await stage.settled();
    const { permissions } = remediator;
    const declared = (which: keyof typeof permissions) => permissions[which].flatMap(({ actions }) => actions);
    expect(declared('observe')).toEqual(expect.arrayContaining([...looked, ...verified]));
    expect(declared('execute')).toEqual(expect.arrayContaining([...executed, ...recalled]));
    expect(executed).toHaveLength(remediator.acts ? 1 : 0);
    expect(JSON.parse(JSON.stringify(receipt))).toEqual(receipt);
  });
});
