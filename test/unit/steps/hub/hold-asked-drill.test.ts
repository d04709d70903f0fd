import { aPolicy, HOUR, MINUTE, NOW, SECOND } from '@self-healing/simulation/builders.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import type { DrillRequest } from '../../../../lambdas/core/drill.ts';
import { iso } from '../../../../lambdas/core/duration.ts';
import { isWanted } from '../../../../lambdas/core/history-filter.ts';
import type { HistoryLine } from '../../../../lambdas/core/history-line.ts';
import type { AskedDrills } from '../../../../lambdas/core/hub/asked-drill.ts';
import type { Policy } from '../../../../lambdas/core/policy.ts';
import type { Instance } from '../../../../lambdas/core/ports.ts';
import {
  followAskedDrill,
  type HoldAskedDrillPorts,
  holdAskedDrill,
  isDrillRequest,
} from '../../../../lambdas/steps/hub/hold-asked-drill.ts';

const HUB = '444455556666';
const DRILL = '00000000000000ff';
const request = '0123456789abcdef';
const event = (detail: object = {}, more: object = {}) => ({
  ...{ account: HUB, region: 'eu-west-1', source: 'self-healing-hub', 'detail-type': 'drill', time: iso(NOW) },
  ...{ detail: { request, by: 'arn:anna', ...detail }, ...more },
});

const fixed: Policy['targets'] = { kind: 'fixed', target: { kind: 'database', id: 'orders' } };
const tagged: Pick<Policy, 'targets' | 'group'> = {
  targets: { kind: 'contributor', attribute: 'InstanceId' },
  group: { kind: 'tagged', name: 'Web', key: 'SelfHeal', value: 'enabled' },
};
const instance = (id: string, state = 'running') => ({ id, state, tags: {} }) as unknown as Instance;

let kept: AskedDrills;
let lines: HistoryLine[];
let begun: DrillRequest[];
let policies: Record<string, Policy>;
let running: readonly Instance[];
/** What another run does between reading and writing. */
let meanwhile: (known: AskedDrills) => AskedDrills;
beforeEach(() => {
  kept = {};
  lines = [];
  begun = [];
  policies = { 'Orders-cpu': aPolicy({ name: 'Orders-cpu', targets: fixed }), 'Web-memory': aPolicy({ name: 'Web-memory', ...tagged }) };
  running = [instance('i-0aaaabbbbccccdddd'), instance('i-0bbbbccccddddeeee', 'pending')];
  meanwhile = (known) => known;
});

const ports: HoldAskedDrillPorts = {
  notes: {
    read: async () => kept,
    async change(to) {
      kept = to(meanwhile(kept));
      return kept;
    },
  },
  history: { write: async (line) => void lines.push(line) },
  instances: { describe: async () => running, tagged: async () => running },
  groups: { describe: async () => undefined },
  policyNames: async () => Object.keys(policies),
  policy: async (name) => policies[name],
  lines: async (_, filter) => lines.filter((line) => isWanted(filter, line)),
  begin: async (drill) => void begun.push(drill),
};
const hold = (given: unknown = event(), now = NOW) => holdAskedDrill(given, HUB, () => DRILL, ports, now);

describe('a pipeline that its hub asks for a drill', () => {
  it('holds one of its own policies under an id of its own, and writes down who asked', async () => {
    expect(await hold()).toBe('held');
    expect(begun).toEqual([{ policy: 'Orders-cpu', drill: DRILL }]);
    expect(kept.held).toEqual({ request, at: NOW, policy: 'Orders-cpu', drill: DRILL });
    expect(lines).toMatchObject([{ kind: 'hub-drill', policy: 'Orders-cpu', by: 'arn:anna', drill: DRILL }]);
    expect(lines[0]?.text).toContain('the hub in account 444455556666 asks for a drill');
  });

  it('chooses of a fleet a member that runs', async () => {
    expect(await hold(event({ policy: 'Web-memory' }))).toBe('held');
    expect(begun).toEqual([{ policy: 'Web-memory', drill: DRILL, target: 'i-0aaaabbbbccccdddd' }]);
  });

  it('passes over a policy whose fleet is empty, and refuses where that one is named', async () => {
    running = [];
    kept = { held: { request: 'old', at: NOW - 2 * HOUR, policy: 'Orders-cpu', drill: 'old' } };
    expect(await hold()).toBe('held');
    expect(begun).toMatchObject([{ policy: 'Orders-cpu' }]);
    kept = {};
    expect(await hold(event({ policy: 'Web-memory' }))).toBe('refused');
    expect(kept).toEqual({ refused: { request, at: NOW, why: 'no machine runs that a drill could be held on, of Web-memory' } });
  });

  it('never begins what breaks something, whatever the request says', async () => {
    await hold(event({ minutes: 15, fill: true, target: 'i-0ffffeeeeddddcccc', drill: 'theirs' }));
    expect(begun).toEqual([{ policy: 'Orders-cpu', drill: DRILL }]);
  });

  it('holds no second one within the hour, and keeps why', async () => {
    await hold();
    expect(await hold(event({ request: 'ffffffffffffffff' }, { time: iso(NOW + MINUTE) }), NOW + MINUTE)).toBe('refused');
    expect(begun).toHaveLength(1);
    expect(kept).toMatchObject({
      held: { request },
      refused: { request: 'ffffffffffffffff', why: expect.stringContaining('takes the next') },
    });
  });

  it('begins one for a request that comes twice, and one where two come at once', async () => {
    await hold();
    expect(await hold()).toBe('known');
    expect(begun).toHaveLength(1);
    kept = {};
    meanwhile = (known) => ({ ...known, held: { request: 'another', at: NOW, policy: 'Orders-cpu', drill: 'another' } });
    expect(await hold()).toBe('refused');
    expect(begun).toHaveLength(1);
  });

  it('begins it again, under its id, where nothing of it is seen after a while', async () => {
    await hold();
    lines = [];
    expect(await hold(event(), NOW + 31 * SECOND)).toBe('known');
    expect(lines.map(({ kind }) => kind)).toEqual(['hub-drill']);
    expect(begun.map(({ drill }) => drill)).toEqual([DRILL, DRILL]);
    lines.push({ at: iso(NOW + SECOND), kind: 'signal', policy: 'Orders-cpu', text: 'played', drill: DRILL });
    await hold(event(), NOW + 40 * SECOND);
    expect(begun).toHaveLength(2);
  });

  it.each([
    ['from another account', event({}, { account: '999999999999' })],
    ['of another source', event({}, { source: 'self-healing.healing' })],
    ['of another type', event({}, { 'detail-type': 'pause' })],
    ['without an id', event({ request: undefined })],
    ['with an id that is none', event({ request: '../../etc' })],
    ['that is no object', 'drill'],
  ])('does nothing for one %s', async (_, forged) => {
    expect(await hold(forged)).toBe('not-from-the-hub');
    expect([begun, lines, kept]).toEqual([[], [], {}]);
  });

  it('is told from the schedule and from the pause', () => {
    expect([event(), event({}, { 'detail-type': 'pause' }), { source: 'aws.events' }].map(isDrillRequest)).toEqual([true, false, false]);
  });
});

describe('what a pipeline keeps of the drill', () => {
  const end = (reason: string) =>
    lines.push({ at: iso(NOW + 9 * SECOND), kind: 'outcome', policy: 'Orders-cpu', text: 'so', outcome: 'skipped', reason, drill: DRILL });

  it('has its end as soon as its lines tell it', async () => {
    await hold();
    expect((await followAskedDrill(ports, NOW + SECOND)).held).not.toHaveProperty('ended');
    end('drill');
    const { held } = await followAskedDrill(ports, NOW + MINUTE);
    expect(held?.ended).toEqual({ at: NOW + MINUTE, whole: true, reason: 'drill', why: 'so', seconds: 9 });
    expect(kept.held).toEqual(held);
  });

  it('says what stopped it, and is not judged anew', async () => {
    await hold();
    end('paused');
    await followAskedDrill(ports, NOW + MINUTE);
    lines = [];
    expect((await followAskedDrill(ports, NOW + HOUR)).held?.ended).toMatchObject({ whole: false, reason: 'paused' });
  });

  it('says of one without an end that none was seen', async () => {
    await hold();
    expect((await followAskedDrill(ports, NOW + HOUR)).held?.ended).toMatchObject({ whole: false, why: expect.stringContaining('no end') });
  });
});
