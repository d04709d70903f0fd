import { HOUR, MINUTE, NOW } from '@self-healing/simulation/builders.ts';
import { describe, expect, it } from 'vitest';
import type { Check } from '../../../../lambdas/core/doctor/check.ts';
import { clock } from '../../../../lambdas/core/doctor/clock.ts';
import { cloudwatchAgents } from '../../../../lambdas/core/doctor/cloudwatch-agents.ts';
import { databases } from '../../../../lambdas/core/doctor/databases.ts';
import { deadLetters } from '../../../../lambdas/core/doctor/dead-letters.ts';
import { someOf, unknown, warning } from '../../../../lambdas/core/doctor/finding.ts';
import { fleets } from '../../../../lambdas/core/doctor/fleets.ts';
import { heartbeat } from '../../../../lambdas/core/doctor/heartbeat.ts';
import { pause } from '../../../../lambdas/core/doctor/pause.ts';
import { probes } from '../../../../lambdas/core/doctor/probes.ts';
import { quotas } from '../../../../lambdas/core/doctor/quotas.ts';
import type { FoundProbe, Member, NodeLook, Readings } from '../../../../lambdas/core/doctor/readings.ts';
import { services } from '../../../../lambdas/core/doctor/services.ts';
import { telemetry } from '../../../../lambdas/core/doctor/telemetry.ts';
import type { Group } from '../../../../lambdas/core/policy.ts';

const found = (check: Check, readings: Partial<Readings>) => check.judge(readings as Readings, { pipeline: 'healing', now: NOW });
const ok = (about: string, says: string) => ({ state: 'ok', about, says });
const aMember = (id: string, given: Partial<Member> = {}): Member => ({ id, running: true, ...given });

describe('a finding', () => {
  it('tells what mends it where there is something to mend', () => {
    expect(warning('it', 'is ill')).toStrictEqual({ state: 'warning', about: 'it', says: 'is ill' });
    expect(warning('it', 'is ill', 'cure')).toStrictEqual({ state: 'warning', about: 'it', says: 'is ill', mend: 'cure' });
    expect(unknown('it', 'is dark')).toStrictEqual({ state: 'unknown', about: 'it', says: 'is dark' });
    expect(unknown('it', 'is dark', 'light')).toStrictEqual({ state: 'unknown', about: 'it', says: 'is dark', mend: 'light' });
  });

  it('names five of many and counts the others', () => {
    expect(someOf(['a', 'b', 'c', 'd', 'e'])).toBe('a, b, c, d, e');
    expect(someOf(['a', 'b', 'c', 'd', 'e', 'f', 'g'])).toBe('a, b, c, d, e and 2 more');
  });
});

describe('the clock', () => {
  it.each([0, MINUTE, -MINUTE])('agrees when it is %i ms off', (ahead) => {
    expect(found(clock, { ahead })).toEqual([ok('clock', 'it agrees with that of AWS within a minute')]);
  });

  it.each([
    [2 * MINUTE, 'it is 2 min ahead of that of AWS'],
    [-2 * MINUTE, 'it is 2 min behind that of AWS'],
  ])('is wrong when it is %i ms off', (ahead, says) => {
    expect(found(clock, { ahead })).toEqual([{ state: 'wrong', about: 'clock', says, mend: 'timedatectl set-ntp true' }]);
  });
});

describe('the sweep', () => {
  const mend = 'aws logs tail /aws/lambda/healing-sweep --since 1h';

  it.each([
    [NOW - 15 * MINUTE, ok('sweep', 'the last one came by 15 min ago')],
    [NOW - 16 * MINUTE, { state: 'wrong', about: 'sweep', says: 'the last sweep came by 16 min ago', mend }],
    [
      undefined,
      { state: 'wrong', about: 'sweep', says: 'no sweep came by in the last hour; after a first deployment wait for ten minutes', mend },
    ],
  ])('that came by at %s is judged', (last, finding) => {
    expect(found(heartbeat, { heartbeat: last } as Partial<Readings>)).toEqual([finding]);
  });
});

describe('the pause switch', () => {
  const mend = 'self-healing-pipeline resume';

  it.each([
    [{}, { state: 'wrong', about: 'pause switch', says: 'it is missing, and so the pipeline is paused', mend }],
    [{ value: 'running' }, ok('pause switch', 'it lets the pipeline act')],
    [
      { value: 'noon', at: 'ten', by: 'anna' },
      { state: 'warning', about: 'pause switch', says: 'the pause switch says: noon; set at ten by anna', mend },
    ],
    [{ value: 'noon' }, { state: 'warning', about: 'pause switch', says: 'the pause switch says: noon', mend }],
  ])('that is %j is judged', (switched, finding) => {
    expect(found(pause, { pause: switched } as Partial<Readings>)).toEqual([finding]);
  });

  it.each([
    ['running', []],
    [
      'a bad release',
      [
        {
          ...{
            state: 'warning',
            about: 'pause of the hub',
            mend: 'only the hub ends it, in its own account: self-healing-pipeline resume --all',
          },
          says: "the hub's pause switch says: a bad release; set at 2026-11-02T10:20:00.000Z by anna",
        },
      ],
    ],
  ])('of the hub that says %s is judged beside it', (value, findings) => {
    const hubPause = { value, at: NOW, sequence: 4, by: 'anna' };
    expect(found(pause, { pause: { value: 'running' }, hubPause })).toEqual([ok('pause switch', 'it lets the pipeline act'), ...findings]);
  });
});

describe('a dead-letter queue', () => {
  const queue = 'arn:aws:sqs:eu-west-1:111122223333:healing-lost';

  it('is well while it is empty', () => {
    expect(found(deadLetters, { deadLetters: [{ queue, waiting: 0 }] })).toEqual([ok('healing-lost', 'it is empty')]);
  });

  it('is wrong with events in it, and the command reads them', () => {
    expect(found(deadLetters, { deadLetters: [{ queue, waiting: 2 }] })).toEqual([
      {
        state: 'wrong',
        about: 'healing-lost',
        says: '2 events were not taken in; their symptoms need a person',
        mend: 'aws sqs receive-message --queue-url "$(aws sqs get-queue-url --queue-name healing-lost --query QueueUrl --output text)"',
      },
    ]);
  });
});

describe('databases', () => {
  const [database, cluster] = [
    { kind: 'database', id: 'orders' },
    { kind: 'database-cluster', id: 'stock' },
  ] as const;

  it('are well where none is protected, or each is available', () => {
    expect(found(databases, { databases: [] })).toEqual([ok('databases', 'none is protected')]);
    expect(found(databases, { databases: [{ target: database, status: 'available' }] })).toEqual([ok('database orders', 'available')]);
  });

  it('are wrong where RDS knows none of the name, and told where one is not available', () => {
    const says = 'RDS knows none of that name in this Region';
    expect(found(databases, { databases: [{ target: database }, { target: cluster }, { target: database, status: 'stopped' }] })).toEqual([
      { state: 'wrong', about: 'database orders', says, mend: 'aws rds describe-db-instances' },
      { state: 'wrong', about: 'database cluster stock', says, mend: 'aws rds describe-db-clusters' },
      { state: 'warning', about: 'database orders', says: 'it is stopped', mend: 'aws rds describe-events --duration 60' },
    ]);
  });
});

describe('a fleet', () => {
  const groups: readonly (readonly [Group, string, string])[] = [
    [
      { kind: 'tagged', name: 'Web', key: 'SelfHeal', value: 'yes' },
      'Web (SelfHeal=yes)',
      'aws ec2 create-tags --resources i-… --tags Key=SelfHeal,Value=yes',
    ],
    [
      { kind: 'auto-scaling-group', name: 'web' },
      'Auto Scaling group web',
      'aws autoscaling describe-auto-scaling-groups --auto-scaling-group-names web',
    ],
    [
      { kind: 'instances', name: 'Gateways', ids: ['i-00000001', 'i-00000002'] },
      'Gateways',
      'look why i-00000001, i-00000002 does not run',
    ],
    [
      { kind: 'single', target: { kind: 'instance', id: 'i-00000001' } },
      'instance i-00000001',
      'look why instance i-00000001 does not run',
    ],
  ];

  it.each(groups)('of %j is told by its name, empty, running or gone', (group, about, mend) => {
    const members = [aMember('i-1'), aMember('i-2', { running: false })];
    const says = 'it has no running instance, so that nothing is protected';
    expect(found(fleets, { fleets: [{ group, members, missing: [] }] })).toEqual([ok(about, '1 running instances')]);
    expect(found(fleets, { fleets: [{ group, members: members.slice(1), missing: [] }] })).toEqual([
      { state: 'warning', about, says, mend },
    ]);
    expect(found(fleets, { fleets: [{ group, members, missing: ['i-3'] }] })).toEqual([
      { state: 'wrong', about, says: 'i-3 is not there', mend: 'correct its name where the stack names it, then npx cdk deploy' },
    ]);
  });
});

describe('the CloudWatch agents', () => {
  const judged = (...members: Readings['series'][number]['members']) =>
    found(cloudwatchAgents, { series: [{ fleet: 'Web', own: 'healing', members }] });
  const says = 'mem_used_percent, swap_used_percent with SelfHealing=healing did not arrive in the last 15 minutes';
  const ill = (given: Partial<Member> = {}) => ({ ...aMember('i-1', given), silent: ['mem_used_percent', 'swap_used_percent'] });
  const mend = 'aws ssm describe-instance-associations-status --instance-id i-1';
  const lost = { state: 'wrong', about: 'i-1', says: `${says}, so that its symptoms are not seen`, mend };

  it('are well where none is configured, or each that runs sends its series', () => {
    expect(found(cloudwatchAgents, { series: [] })).toEqual([ok('CloudWatch agents', 'the pipeline configures none')]);
    expect(judged({ ...aMember('i-2'), silent: [] }, ill({ running: false }))).toEqual([
      ok('Web', '1 instances send every series of healing'),
    ]);
  });

  it('are wrong where series of a machine do not arrive, and told where it is too young for that', () => {
    expect(judged(ill())).toEqual([lost]);
    expect(judged(ill({ launchedAt: NOW - HOUR }), { ...aMember('i-2'), silent: [] })).toEqual([lost]);
    expect(judged(ill({ launchedAt: NOW - 45 * MINUTE }))).toEqual([lost]);
    expect(judged(ill({ launchedAt: NOW - 44 * MINUTE }))).toEqual([
      { state: 'warning', about: 'i-1', says: `${says}; it was started 44 min ago`, mend },
    ]);
  });
});

describe('the setting by which alarms find tags', () => {
  const alarm = { since: NOW, enabled: true, tells: [], description: '' };
  const byTag = { ...alarm, name: 'Web-memory', state: 'OK', query: "SELECT MAX(x) WHERE tag.SelfHeal = 'x'" } as const;

  it('is not needed where no alarm finds anything by tag, and on where such an alarm has data', () => {
    const others = [
      { ...alarm, name: 'a', state: 'INSUFFICIENT_DATA' },
      { ...alarm, name: 'b', state: 'OK', query: 'SELECT MAX(stage.x)' },
    ] as const;
    expect(found(telemetry, { alarms: others })).toEqual([
      ok('telemetry', 'no alarm finds resources by tag, so that the setting is not needed'),
    ]);
    expect(found(telemetry, { alarms: [...others, byTag] })).toEqual([
      ok('telemetry', 'the 1 alarms that find resources by tag have data'),
    ]);
  });

  it('is perhaps off where one has none', () => {
    expect(found(telemetry, { alarms: [byTag, { ...byTag, name: 'Web-disk', state: 'INSUFFICIENT_DATA' }] })).toEqual([
      {
        state: 'wrong',
        about: 'Web-disk',
        says: 'it finds resources by tag and has no data: perhaps "resource tags on telemetry" is off in this account and Region; once it is on, data takes some hours',
        mend: 'aws observabilityadmin get-telemetry-enrichment-status\naws observabilityadmin start-telemetry-enrichment',
      },
    ]);
  });
});

describe('a probe', () => {
  const way = { to: 'orders:5432', from: 'sg-1' };
  const mend = 'let sg-1 in at orders:5432; see "Probes" in docs/tuning.md';
  const never = 'the probe was never well, so that nothing is healed by it: ';

  it.each<[Partial<FoundProbe>, object]>([
    [{}, { state: 'wrong', says: 'the probe of orders:5432 does not report', mend: 'aws logs tail /aws/lambda/orders' }],
    [{ notSetUp: 0 }, { state: 'ok', says: 'it is let in at orders:5432' }],
    [{ answered: true }, { state: 'ok', says: 'it is let in at orders:5432' }],
    [
      { notSetUp: 0, answered: false },
      { state: 'warning', says: 'orders:5432 did not answer last' },
    ],
    [{ notSetUp: 4 }, { state: 'wrong', says: `${never}orders:5432 refuses connections: see its port, and whether the server runs`, mend }],
    [{ notSetUp: 99 }, { state: 'wrong', says: `${never}fault 99`, mend }],
  ])('that tells %j is judged', (told, finding) => {
    expect(found(probes, { probes: [{ name: 'orders', way, ...told }] })).toEqual([{ about: 'orders', ...finding }]);
  });

  it('that is not there is not missed', () => {
    expect(found(probes, { probes: [] })).toEqual([ok('probes', 'there are none')]);
  });
});

describe('the machines', () => {
  const judged = (given: Partial<NodeLook>) => found(services, { nodes: [{ id: 'i-1', services: {}, ...given }] });
  const well = [ok('services', '1 machines have every service, and the right time')];

  it('say nothing where nobody asked them', () => {
    expect(found(services, { nodes: undefined })).toEqual([ok('services', 'not asked for; --on-nodes asks the machines themselves')]);
  });

  it.each<[Partial<NodeLook>, readonly object[]]>([
    [{ services: { nginx: 'active' } }, well],
    [{ ahead: MINUTE }, well],
    [{ unread: 'denied' }, [{ state: 'unknown', about: 'i-1', says: 'it could not be asked: denied' }]],
    [{ ahead: 2 * MINUTE }, [{ state: 'wrong', about: 'i-1', says: 'its clock is 2 min ahead', mend: 'chronyc makestep' }]],
    [{ ahead: -2 * MINUTE }, [{ state: 'wrong', about: 'i-1', says: 'its clock is 2 min behind', mend: 'chronyc makestep' }]],
    [
      { services: { nginx: 'failed' } },
      [{ state: 'warning', about: 'i-1', says: 'service nginx is failed', mend: 'systemctl status nginx' }],
    ],
    [
      { services: { nginx: 'unanswered' } },
      [
        {
          state: 'unknown',
          about: 'i-1',
          says: 'whether it has a service nginx could not be told: a manager of services that is there gave no answer',
        },
      ],
    ],
    [
      { services: { nginx: 'missing' } },
      [
        {
          state: 'wrong',
          about: 'i-1',
          says: 'it has no service nginx, so that every restart of it would be refused',
          mend: 'systemctl list-unit-files --type service',
        },
      ],
    ],
  ])('that say %j are judged', (said, findings) => {
    expect(judged(said)).toEqual(findings);
  });
});

describe('a limit of AWS', () => {
  const mend = 'remove what is not needed; AWS raises this limit for nobody';
  const rules = { name: 'rules', allowed: 100, known: true };

  it.each([
    [{ ...rules, used: 89 }, ok('rules', '89 of 100 are used')],
    [
      { ...rules, used: 90 },
      { state: 'warning', about: 'rules', says: '90 of 100 are used', mend },
    ],
    [
      { ...rules, used: 100, more: 'ask' },
      { state: 'wrong', about: 'rules', says: '100 of 100 are used', mend: 'ask' },
    ],
    [{ ...rules, used: 1, known: false }, ok('rules', "1 of 100 are used (AWS's default; the account's own could not be read)")],
  ])('is judged by what is left of it: %j', (quota, finding) => {
    expect(found(quotas, { quotas: [quota] })).toEqual([finding]);
  });
});
