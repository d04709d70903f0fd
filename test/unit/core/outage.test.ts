import { describe, expect, it } from 'vitest';
import { judgeOutage, type ProbeSeries } from '../../../lambdas/core/outage.ts';
import type { ProbeEvidence } from '../../../lambdas/core/policy.ts';
import { faultNumber, type ProbeFault, probeFaults } from '../../../lambdas/core/probe-fault.ts';

const MINUTE = 60_000;
const NOW = Date.parse('2026-11-02T10:30:00Z');
const at = (minutesAgo: number) => NOW - minutesAgo * MINUTE;

const connections = {
  kind: 'connections',
  namespace: 'AWS/RDS',
  metric: 'DatabaseConnections',
  dimensions: {},
  lateBy: { minutes: 5 },
} as const;
const statusCheck = { ...connections, kind: 'status-check', namespace: 'AWS/EC2', metric: 'StatusCheckFailed_Instance' } as const;

const evidence = (life: ProbeEvidence['life'] = connections): ProbeEvidence => ({
  ...{ kind: 'probe', metric: 'Reachable', dimension: 'Database', name: 'orders' },
  way: { to: 'orders.example.com:5432', from: 'security group sg-1', login: 'secret orders' },
  ...(life && { life }),
});

/** A database that was well until `minutes` ago and has had these faults since, the last one most lately. */
function failing(faults: readonly ProbeFault[], life: ProbeSeries['life'] = []): ProbeSeries {
  const since = faults.length;
  return {
    up: [
      ...[3, 2, 1].map((more) => ({ at: at(since + more), value: 1 })),
      ...faults.map((_, index) => ({ at: at(since - index), value: 0 })),
    ],
    faults: [{ at: at(since + 1), value: 0 }, ...faults.map((fault, index) => ({ at: at(since - index), value: faultNumber(fault) }))],
    life,
  };
}

const many = (fault: ProbeFault, runs = 6) => Array<ProbeFault>(runs).fill(fault);
const living = (value: number, ...minutesAgo: readonly number[]) => minutesAgo.map((ago) => ({ at: at(ago), value }));

describe('a target that was well and gives the probe no answer', () => {
  it.each(['silent', 'failing'] as const)('has the symptom when it is %s, whoever else it has sessions of', (fault) => {
    expect(judgeOutage(failing(many(fault), living(12, 3, 2, 1)), evidence(), NOW)).toMatchObject({ kind: 'present' });
  });

  it.each(['secret', 'name', 'tls', 'login', 'full', 'error', 'declined'] as const)(
    'does not have it when the probe is at fault with %s, even if AWS measures nothing any more',
    (fault) => {
      expect(judgeOutage(failing(many(fault)), evidence(), NOW)).toMatchObject({ kind: 'unknown', observerAtFault: true });
    },
  );

  it('is left to itself while it says that it starts or shuts down', () => {
    expect(judgeOutage(failing(many('starting')), evidence(), NOW)).toEqual({
      kind: 'unknown',
      why: expect.stringContaining('starting, recovering or shutting down'),
    });
  });

  it('has the symptom when nothing comes back and RDS measures nothing of it any more, either', () => {
    expect(judgeOutage(failing(many('path'), living(12, 9, 8, 7)), evidence(), NOW)).toMatchObject({
      kind: 'present',
      why: expect.stringContaining('DatabaseConnections has no value any more'),
    });
  });

  it.each([
    ['with the sessions of others', 12],
    ['with none, since all were shut out', 0],
  ])('lives when nothing comes back and RDS still measures it %s', (_, sessions) => {
    expect(judgeOutage(failing(many('path'), living(sessions, 9, 3, 2)), evidence(), NOW)).toMatchObject({
      kind: 'unknown',
      observerAtFault: true,
      why: expect.stringMatching(/let security group sg-1 in there.*it lives: DatabaseConnections is \d+/),
    });
  });

  it('is not yet judged while its measurements may be on their way', () => {
    expect(judgeOutage(failing(many('path', 3), living(12, 5, 4)), evidence(), NOW)).toEqual({
      kind: 'unknown',
      why: expect.stringContaining('may still tell whether it lives'),
    });
  });

  it('is not taken for alive by what was measured in the minute in which it fell silent', () => {
    const series = failing(many('path', 6), living(12, 7, 6));
    expect(judgeOutage(series, evidence(), NOW)).toMatchObject({ kind: 'present' });
  });

  it('is dead when it was measured for a while after the fault and then no more', () => {
    expect(judgeOutage(failing(many('path', 20), living(12, 18, 17)), evidence(), NOW)).toMatchObject({ kind: 'present' });
  });

  it.each([
    ['there is no metric that shows it', evidence(undefined as never), []],
    ['its metric has never had a value', evidence(), []],
  ] as const)('is never taken for dead when nothing comes back and %s', (_, known, life) => {
    const { life: own, ...bare } = known;
    const given = _.startsWith('there is no') ? bare : { ...bare, ...(own && { life: own }) };
    expect(judgeOutage(failing(many('path'), life), given, NOW)).toMatchObject({ kind: 'unknown', observerAtFault: true });
  });

  it.each([
    ['refuses the port and has no session left', living(0, 3, 2), 'present'],
    ['refuses the port and is not measured any more', living(12, 9, 8), 'present'],
    ['refuses the port while others have sessions, since the port was changed', living(12, 3, 2), 'unknown'],
  ] as const)('that %s is judged by its sessions', (_, life, kind) => {
    expect(judgeOutage(failing(many('refused'), life), evidence(), NOW)).toMatchObject({ kind });
  });

  it.each([
    ['passes', 0, 'unknown'],
    ['fails', 1, 'present'],
  ] as const)('on an instance is dead or shut off as its status check %s', (_, value, kind) => {
    expect(judgeOutage(failing(many('path'), living(value, 3, 2)), evidence(statusCheck), NOW)).toMatchObject({ kind });
  });

  it('on an instance that passes its status check has a service that is down when the port is refused', () => {
    expect(judgeOutage(failing(many('refused'), living(0, 3, 2)), evidence(statusCheck), NOW)).toMatchObject({ kind: 'present' });
  });

  it.each([
    ['a single run, after others of the observer', [...many('login', 3), 'silent'] as const],
    ['a first run', ['silent'] as const],
    ['a single run of the observer, after others of the target', [...many('silent', 3), 'login'] as const],
  ])('is looked at again before %s decides', (_, faults) => {
    const reading = judgeOutage(failing(faults), evidence(), NOW);
    expect(reading).toEqual({ kind: 'unknown', why: expect.stringContaining('only the last run') });
  });

  it('is unknown while its last run was well, or has not told why', () => {
    const well = failing([]);
    expect(judgeOutage(well, evidence(), NOW)).toEqual({ kind: 'unknown', why: expect.stringContaining('had its answer') });
    expect(judgeOutage({ ...failing(many('path')), faults: [] }, evidence(), NOW)).toEqual({
      kind: 'unknown',
      why: expect.stringContaining('has not told why'),
    });
    expect(judgeOutage({ up: [], faults: [], life: [] }, evidence(), NOW)).toMatchObject({ kind: 'unknown' });
  });

  it('is never present by a fault of a later version', () => {
    const series = failing(many('silent'));
    const later = { ...series, faults: series.faults.map((value) => ({ ...value, value: probeFaults.length + 7 })) };
    expect(judgeOutage(later, evidence(), NOW).kind).toBe('unknown');
  });

  it.each<[string, ProbeSeries['up'], string]>([
    ['the first run after the last that was well', [1, 0, 1, 0, 0].map((value, index) => ({ at: at(5 - index), value })), '10:28:00'],
    ['the first run of all where none was well', [0, 0].map((value, index) => ({ at: at(2 - index), value })), '10:28:00'],
  ])('has been out since %s', (_, up, since) => {
    expect(judgeOutage({ up, faults: [], life: [] }, evidence(), NOW)).toEqual({
      kind: 'unknown',
      why: `the probe has had no answer since 2026-11-02T${since}.000Z and has not told why`,
    });
  });

  it('is judged by the last two runs, whatever the ones before them found', () => {
    expect(judgeOutage(failing(['login', 'silent', 'silent']), evidence(), NOW)).toEqual({
      kind: 'present',
      why: 'orders.example.com:5432 takes the connection and does not answer',
    });
  });

  it('is not judged by what was found before it was well again, nor by runs that found nothing', () => {
    const faults = [
      { at: at(9), value: faultNumber('silent') },
      { at: at(1), value: faultNumber('silent') },
      { at: at(1), value: 0 },
    ];
    expect(judgeOutage({ ...failing(['silent']), faults }, evidence(), NOW)).toEqual({
      kind: 'unknown',
      why: 'orders.example.com:5432 takes the connection and does not answer; only the last run of the probe says so',
    });
  });

  it('is looked at again after a run with a fault of a later version', () => {
    const series = failing(['silent', 'silent']);
    const faults = [{ at: at(2), value: probeFaults.length + 7 }, ...series.faults.slice(-1)];
    expect(judgeOutage({ ...series, faults }, evidence(), NOW)).toMatchObject({ kind: 'unknown' });
  });
});

describe('what AWS measures at a target that the probe does not get to', () => {
  const path = 'nothing comes back from orders.example.com:5432: let security group sg-1 in there, and see routes and network ACLs';
  const refused = 'orders.example.com:5432 refuses connections: see its port, and whether the server runs';
  const { life: _, ...bare } = evidence();
  const judged = (fault: ProbeFault, runs: number, life: ProbeSeries['life'], given = evidence()) =>
    judgeOutage(failing(many(fault, runs), life), given, NOW);

  it.each<[string, Parameters<typeof judged>, object]>([
    ['is nothing', ['path', 6, [], bare], { kind: 'unknown', observerAtFault: true, why: `${path}; nothing tells whether it lives` }],
    ['is nothing where the port is refused', ['refused', 6, [], bare], { kind: 'present', why: refused }],
    [
      'shows that it lives',
      ['path', 6, living(3, 1)],
      { kind: 'unknown', observerAtFault: true, why: `${path}; it lives: DatabaseConnections is 3 at 2026-11-02T10:29:00.000Z` },
    ],
    [
      'shows that nobody gets in',
      ['refused', 6, living(0, 1)],
      { kind: 'present', why: `${refused}; DatabaseConnections is 0 at 2026-11-02T10:29:00.000Z` },
    ],
    [
      'counts as long as it may be late',
      ['path', 9, living(3, 5)],
      { kind: 'unknown', observerAtFault: true, why: `${path}; it lives: DatabaseConnections is 3 at 2026-11-02T10:25:00.000Z` },
    ],
    ['is too old', ['path', 9, living(3, 6)], { kind: 'present', why: `${path}; DatabaseConnections has no value any more, either` }],
    [
      'is of the minute of the fault, and more may come',
      ['path', 4, living(3, 4)],
      { kind: 'unknown', why: `${path}; DatabaseConnections may still tell whether it lives` },
    ],
    [
      'is of the minute of the fault, and nothing came in the time that it may be late',
      ['path', 5, living(3, 5)],
      { kind: 'present', why: `${path}; DatabaseConnections has no value any more, either` },
    ],
    [
      'was never there',
      ['path', 6, []],
      { kind: 'unknown', observerAtFault: true, why: `${path}; nothing tells whether it lives, since there is no DatabaseConnections` },
    ],
    [
      'was never there, and the port is refused',
      ['refused', 6, []],
      { kind: 'present', why: `${refused}; DatabaseConnections has no value any more, either` },
    ],
    [
      'is a status check that fails',
      ['path', 6, living(1, 1), evidence(statusCheck)],
      { kind: 'present', why: `${path}; StatusCheckFailed_Instance is 1 at 2026-11-02T10:29:00.000Z` },
    ],
  ])('%s', (_name, given, expected) => {
    expect(judged(...given)).toEqual(expected);
  });
});
