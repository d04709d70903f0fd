import { NOW } from '@self-healing/simulation/builders.ts';
import { describe, expect, it } from 'vitest';
import { chosenChecks, doctor, type Examined, examined } from '../../../bin/heal/doctor.ts';
import { screenOf } from '../../../bin/heal/screen.ts';
import type { Check } from '../../../lambdas/core/doctor/check.ts';
import type { Finding } from '../../../lambdas/core/doctor/finding.ts';
import { type FoundPost, type FoundWays, type ReadingName, type Readings, readingActions } from '../../../lambdas/core/doctor/readings.ts';
import { checks } from '../../../lambdas/core/doctor/registry.ts';
import { accountOf, healthy, INSTANCE, PROFILE, QUEUE, TOPIC } from '../../support/healthy-account.ts';

const screen = screenOf({ out: { write: () => {} }, errors: { write: () => {} } });

type Broken = Parameters<typeof accountOf>[0];

const look = (broken: Broken = {}, chosen: readonly Check[] = checks) =>
  examined(chosen, accountOf(broken), { pipeline: 'healing', now: NOW }, screen);
const findingsOf = (data: unknown) =>
  (data as readonly Examined[]).flatMap(({ check, findings }) => findings.map((finding) => ({ check, ...finding })));
const badOf = async (broken: Broken) => findingsOf((await look(broken)).data).filter(({ state }) => state !== 'ok');

const MINUTE = 60_000;

const [rule] = healthy.rules as [Readings['rules'][number]];
const [alarm] = healthy.alarms as [Readings['alarms'][number]];
const [watch] = healthy.watch as [Readings['watch'][number]];
const [fleet] = healthy.fleets as [Readings['fleets'][number]];
const [member] = fleet.members as [(typeof fleet.members)[number]];
const [agent] = healthy.managed as [Readings['managed'][number]];
const [series] = healthy.series as [Readings['series'][number]];
const [probe] = healthy.probes as [Readings['probes'][number]];
const [database] = healthy.databases as [Readings['databases'][number]];
const [quota] = healthy.quotas as [Readings['quotas'][number]];
const pending = { topic: TOPIC, protocol: 'email', endpoint: 'oncall@example.com', confirmed: false };

describe('on an account in which all is well the doctor', () => {
  it('is content with a pipeline that tells people by mail alone', async () => {
    expect(findingsOf((await look({ ways: undefined })).data).filter(({ check }) => check === 'ways')).toMatchObject([{ state: 'ok' }]);
  });

  it('finds nothing, says so and ends with 0', async () => {
    const { data, text, exitCode } = await look();
    expect(findingsOf(data).filter(({ state }) => state !== 'ok')).toEqual([]);
    expect(exitCode).toBe(0);
    expect(text).toMatch(/All is well\.$/);
  });

  it('has every check say something', async () => {
    for (const { findings } of (await look()).data as readonly Examined[]) expect(findings).not.toEqual([]);
  });
});

interface Case {
  readonly what: string;
  readonly broken: NonNullable<Broken>;
  readonly check: string;
  readonly finding: Partial<Record<keyof Finding, unknown>>;
}

const wrong = (says: RegExp, mend: RegExp = /./) => ({
  state: 'wrong',
  says: expect.stringMatching(says),
  mend: expect.stringMatching(mend),
});
const warning = (says: RegExp) => ({ state: 'warning', says: expect.stringMatching(says) });

const inOrder = healthy.ways as FoundWays;
const [post] = inOrder.posts as [FoundPost];
const waysWith = (changed: Partial<FoundWays>) => ({ ways: { ...inOrder, ...changed } });

const cases: readonly Case[] = [
  {
    what: 'an address for notices that is gone',
    broken: waysWith({ posts: [{ name: post.name }] }),
    check: 'ways',
    finding: wrong(/the address is not there/, /cdk deploy/),
  },
  {
    what: 'an address without its connection',
    broken: waysWith({ posts: [{ name: post.name, state: 'ACTIVE' }] }),
    check: 'ways',
    finding: wrong(/connection is not there/, /cdk deploy/),
  },
  {
    what: 'an address whose credentials are not taken',
    broken: waysWith({ posts: [{ ...post, connection: { name: 'healing-oncall', state: 'DEAUTHORIZED', why: 'the token expired' } }] }),
    check: 'ways',
    finding: wrong(/DEAUTHORIZED.*: the token expired/, /describe-connection --name healing-oncall/),
  },
  {
    what: 'an address that is switched off',
    broken: waysWith({ posts: [{ ...post, state: 'INACTIVE' }] }),
    check: 'ways',
    finding: wrong(/INACTIVE/, /describe-api-destination --name healing-oncall-open/),
  },
  {
    what: 'a chat topic to which no channel listens',
    broken: waysWith({ chat: { topic: TOPIC, confirmed: 0 } }),
    check: 'ways',
    finding: wrong(/no chat channel listens/, /Amazon Q Developer/),
  },
  {
    what: 'a role that may open no OpsItem',
    broken: waysWith({ opsItems: { role: 'keeper', denied: ['ssm:CreateOpsItem'] } }),
    check: 'ways',
    finding: wrong(/keeper of healing-keep-ops-items may not ssm:CreateOpsItem/, /cdk deploy/),
  },
  {
    what: 'notices that reached no tool and wait',
    broken: waysWith({ undelivered: { queue: QUEUE, waiting: 2 } }),
    check: 'ways',
    finding: wrong(/2 notices did not reach a tool/, /receive-message/),
  },
  {
    what: 'a topic to which nobody is subscribed',
    broken: { subscriptions: [{ topic: TOPIC, subscriptions: [] }] },
    check: 'subscriptions',
    finding: wrong(/nobody is told/, /aws sns subscribe/),
  },
  {
    what: 'an address that did not confirm',
    broken: { subscriptions: [{ topic: TOPIC, subscriptions: [pending] }] },
    check: 'subscriptions',
    finding: wrong(/oncall@example.com did not confirm/, /link in the mail/),
  },
  {
    what: 'a second address that did not confirm',
    broken: { subscriptions: [{ topic: TOPIC, subscriptions: [{ ...pending, confirmed: true }, pending] }] },
    check: 'subscriptions',
    finding: warning(/not confirmed/),
  },
  { what: 'a pipeline that tells no topic', broken: { subscriptions: [] }, check: 'subscriptions', finding: wrong(/tells a topic/) },
  { what: 'a policy without a rule', broken: { manifest: ['Web-memory', 'Web-disk'] }, check: 'rules', finding: wrong(/has no rule/) },
  {
    what: 'a rule that is disabled',
    broken: { rules: [{ ...rule, enabled: false }] },
    check: 'rules',
    finding: wrong(/disabled/, /aws events enable-rule --name healing.Web-memory/),
  },
  { what: 'an alarm that does not exist', broken: { alarms: [] }, check: 'alarms', finding: wrong(/none of that name/) },
  {
    what: 'an alarm that has long had no data',
    broken: { alarms: [{ ...alarm, state: 'INSUFFICIENT_DATA' }] },
    check: 'alarms',
    finding: wrong(/no data for 30 days/),
  },
  {
    what: 'an alarm that is too young to have data',
    broken: { alarms: [{ ...alarm, state: 'INSUFFICIENT_DATA', since: NOW - 5 * MINUTE }] },
    check: 'alarms',
    finding: warning(/on its way/),
  },
  {
    what: 'an alarm whose actions are switched off',
    broken: { alarms: [{ ...alarm, enabled: false }] },
    check: 'alarms',
    finding: warning(/switched off/),
  },
  {
    what: 'an alarm about the pipeline itself that is raised',
    broken: { watch: [{ ...watch, state: 'ALARM', description: 'The sweep does not come by' }] },
    check: 'alarms',
    finding: wrong(/in ALARM: The sweep/),
  },
  {
    what: 'a query by tag that finds nothing',
    broken: {
      alarms: [
        { ...alarm, state: 'INSUFFICIENT_DATA', query: 'SELECT MAX(x) FROM SCHEMA("AWS/EC2", InstanceId) WHERE tag.SelfHeal = \'x\'' },
      ],
    },
    check: 'telemetry',
    finding: wrong(/resource tags on telemetry/, /start-telemetry-enrichment/),
  },
  {
    what: 'a tag that no instance has',
    broken: { fleets: [{ ...fleet, members: [] }], series: [] },
    check: 'fleets',
    finding: warning(/no running instance/),
  },
  {
    what: 'an instance that is named and gone',
    broken: { fleets: [{ ...fleet, missing: ['instance i-0badc0ffee'] }] },
    check: 'fleets',
    finding: wrong(/i-0badc0ffee is not there/),
  },
  {
    what: 'an instance without an instance profile',
    broken: { fleets: [{ ...fleet, members: [{ id: INSTANCE, running: true, launchedAt: 0 }] }] },
    check: 'roles',
    finding: wrong(/no instance profile.*CloudWatchAgentServerPolicy/, /instance-role --deploy/),
  },
  {
    what: 'a role that may not send metrics',
    broken: { rights: [{ profile: PROFILE, role: 'web', denied: ['cloudwatch:PutMetricData'] }] },
    check: 'roles',
    finding: wrong(/role web lacks rights of CloudWatchAgentServerPolicy/, /aws iam attach-role-policy --role-name web/),
  },
  {
    what: 'a role without the rights of the Systems Manager agent, which does not answer',
    broken: {
      rights: [{ profile: PROFILE, role: 'web', denied: ['ssmmessages:OpenControlChannel'] }],
      managed: [{ ...agent, online: false }],
    },
    check: 'roles',
    finding: wrong(/AmazonSSMManagedInstanceCore/),
  },
  { what: 'an instance that Systems Manager does not know', broken: { managed: [] }, check: 'ssm-agent', finding: wrong(/does not know/) },
  {
    what: 'an agent that does not answer',
    broken: { managed: [{ ...agent, online: false }] },
    check: 'ssm-agent',
    finding: wrong(/does not answer/),
  },
  {
    what: 'an agent that hands no parameters over',
    broken: { managed: [{ ...agent, agentVersion: '3.3.1345.0' }] },
    check: 'ssm-agent',
    finding: wrong(/older than/, /AWS-UpdateSSMAgent/),
  },
  {
    what: 'an instance that was just started and has not registered',
    broken: { managed: [], fleets: [{ ...fleet, members: [{ ...member, launchedAt: NOW - MINUTE }] }] },
    check: 'ssm-agent',
    finding: warning(/started 60 s ago/),
  },
  {
    what: 'an instance that sends no memory',
    broken: { series: [{ ...series, members: [{ ...member, silent: ['mem_used_percent'] }] }] },
    check: 'cloudwatch-agent',
    finding: wrong(/mem_used_percent with SelfHealing=healing\/Web\/1-of-1/),
  },
  {
    what: 'a service that the machine does not have',
    broken: { nodes: [{ id: INSTANCE, services: { ngnix: 'missing' } }] },
    check: 'services',
    finding: wrong(/no service ngnix/),
  },
  {
    what: 'a machine whose clock is off',
    broken: { nodes: [{ id: INSTANCE, services: {}, ahead: -10 * MINUTE }] },
    check: 'services',
    finding: wrong(/10 min behind/),
  },
  {
    what: 'a machine that cannot be asked',
    broken: { nodes: [{ id: INSTANCE, services: {}, unread: 'AccessDenied' }] },
    check: 'services',
    finding: { state: 'unknown' },
  },
  {
    what: 'a database that is none',
    broken: { databases: [{ target: database.target }] },
    check: 'databases',
    finding: wrong(/none of that name/),
  },
  {
    what: 'a database that is not available',
    broken: { databases: [{ ...database, status: 'storage-full' }] },
    check: 'databases',
    finding: warning(/storage-full/),
  },
  {
    what: 'a probe that was never let in',
    broken: { probes: [{ ...probe, notSetUp: 3 }] },
    check: 'probes',
    finding: wrong(/let security group sg-1 in/),
  },
  {
    what: 'a probe that does not report',
    broken: { probes: [{ name: 'orders', way: probe.way }] },
    check: 'probes',
    finding: wrong(/does not report/),
  },
  { what: 'a quota that is used up', broken: { quotas: [{ ...quota, used: 300 }] }, check: 'quotas', finding: wrong(/300 of 300/) },
  {
    what: 'a quota that is nearly used up',
    broken: { quotas: [{ ...quota, used: 290 }] },
    check: 'quotas',
    finding: warning(/290 of 300/),
  },
  { what: 'a clock here that is off', broken: { ahead: 4 * MINUTE }, check: 'clock', finding: wrong(/4 min ahead/) },
  { what: 'a sweep that does not come by', broken: { heartbeat: undefined }, check: 'heartbeat', finding: wrong(/no sweep/) },
  { what: 'a sweep that is late', broken: { heartbeat: NOW - 20 * MINUTE }, check: 'heartbeat', finding: wrong(/20 min ago/) },
  { what: 'a pause', broken: { pause: { value: 'Anna works on it' } }, check: 'pause', finding: warning(/Anna works on it/) },
  {
    what: 'a pause of the hub',
    broken: { hubPause: { value: 'a bad release', at: NOW, sequence: 4, by: 'somebody at the hub' } },
    check: 'pause',
    finding: warning(/the hub's pause switch says: a bad release; set at .* by somebody at the hub/),
  },
  { what: 'a pause switch that is missing', broken: { pause: { value: undefined } }, check: 'pause', finding: wrong(/missing/) },
  {
    what: 'an event that waits',
    broken: { deadLetters: [{ queue: QUEUE, waiting: 2 }] },
    check: 'dead-letters',
    finding: wrong(/2 events/),
  },
];

describe('the doctor finds', () => {
  it.each(cases)('$what', async ({ broken, check, finding }) => {
    const found = (await badOf(broken)).filter((each) => each.check === check);
    expect(found).toEqual([expect.objectContaining(finding)]);
  });

  it('ten things that are broken at once, each with what mends it', async () => {
    const broken = Object.assign({}, ...cases.filter(({ finding }) => finding.state === 'wrong').map((each) => each.broken));
    const found = (await badOf(broken)).filter(({ state }) => state === 'wrong');
    expect(new Set(found.map(({ check }) => check)).size).toBeGreaterThanOrEqual(10);
    for (const { mend } of found) expect(mend).toMatch(/./);
    expect((await look(broken)).exitCode).toBe(1);
  });
});

describe('a warning', () => {
  it('ends with 0, since nothing is wrong yet', async () => {
    expect((await look({ pause: { value: 'Anna works on it' } })).exitCode).toBe(0);
  });
});

describe('an instance that Systems Manager reaches without an instance profile of ours', () => {
  it('has the rights of its agent from elsewhere, and lacks only the others', async () => {
    const [found] = await badOf({ rights: [{ profile: PROFILE, role: 'web', denied: ['ssm:UpdateInstanceInformation'] }] });
    expect(found).toBeUndefined();
  });
});

const denied = Object.assign(new Error('list: AccessDeniedException: not authorized'), { name: 'Defect' });

describe.each(Object.keys(readingActions) as ReadingName[])('where %s cannot be read', (name) => {
  it('whoever needs it says unknown and names the permissions, and all others are judged', async () => {
    const { data, exitCode } = await look({ [name]: denied });
    const needing = checks.filter(({ needs }) => (needs as readonly string[]).includes(name)).map((check) => check.name);
    const bad = findingsOf(data).filter(({ state }) => state !== 'ok');
    expect(bad.map(({ check }) => check)).toEqual(needing);
    for (const { state, says, mend } of bad) {
      expect(state).toBe('unknown');
      expect(says).toContain('not authorized');
      for (const action of readingActions[name]) expect(mend).toContain(action);
    }
    expect(exitCode).toBe(2);
  });
});

describe('--only', () => {
  it('reads nothing but what the check needs', async () => {
    const read = new Set<string>();
    const account = new Proxy(accountOf(), {
      get: (readings, name: ReadingName) => {
        read.add(name);
        return readings[name];
      },
    });
    await examined(chosenChecks(['clock', 'roles']), account, { pipeline: 'healing', now: NOW }, screen);
    expect([...read].toSorted()).toEqual(['ahead', 'fleets', 'managed', 'rights']);
  });

  it('of a check that is none names those that are', () => {
    expect(() => chosenChecks(['clocks'])).toThrow('there is no check "clocks"');
  });
});

describe('the moments that the doctor tells', () => {
  it('are those of the zone of its reader', async () => {
    const there = screenOf({ out: { write: () => {} }, errors: { write: () => {} }, zone: 'Asia/Tokyo' });
    const pause = { value: 'noon', at: '2026-11-02T10:20:00.000Z', by: 'anna' };
    const { text } = await examined(chosenChecks(['pause']), accountOf({ pause }), { pipeline: 'healing', now: NOW }, there);
    expect(text).toContain('set at 2026-11-02 19:20:00+09:00 by anna');
  });
});

describe('a pipeline that cannot be read', () => {
  it('is unknown, with what to do about the reason and not about rights', async () => {
    const { data, exitCode } = await doctor('healing', { region: 'eu west 1' }, {}, NOW, screen);
    expect(exitCode).toBe(2);
    expect(findingsOf(data)).toMatchObject([
      { state: 'unknown', says: expect.stringContaining('no AWS Region'), mend: expect.stringContaining('--region') },
    ]);
  });
});
