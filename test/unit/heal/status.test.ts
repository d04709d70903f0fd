import { anAttempt, anIncident, HOUR, MINUTE, NOW } from '@self-healing/simulation/builders.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import { approvals } from '../../../bin/heal/approvals.ts';
import type { Operator } from '../../../bin/heal/operator.ts';
import { status } from '../../../bin/heal/status.ts';
import type { KnownIncident } from '../../../lambdas/adapters/dynamodb/incident-admin.ts';
import { type Breaker, closedBreaker, isolate } from '../../../lambdas/core/circuit-breaker.ts';
import { iso } from '../../../lambdas/core/duration.ts';
import type { ModeOverride } from '../../../lambdas/core/mode.ts';
import { plainScreen } from '../../support/plain-screen.ts';

const ANNA = 'arn:aws:sts::111122223333:assumed-role/ops/anna';
const ID = 'ca63db8a'.repeat(8);
const incident = anIncident({ id: ID, openedAt: NOW - 4 * MINUTE });

let value: string;
let ids: string[];
let known: KnownIncident | undefined;
let breaker: Breaker;
let override: ModeOverride | undefined;
let questions: Awaited<ReturnType<Operator['approvals']['open']>>;
beforeEach(() => {
  value = 'running';
  ids = [];
  known = { incident, attempts: [] };
  breaker = closedBreaker;
  override = undefined;
  questions = [];
});

const operator = {
  pipeline: 'healing',
  policies: { 'Web-memory': 'automatic' },
  pause: { history: async () => [{ value, at: iso(NOW - 2 * HOUR), by: ANNA }] },
  approvals: { open: async () => questions },
  workflow: { open: async (most: number) => ids.slice(0, most) },
  incidents: { known: async () => known },
  claims: { spending: async () => ({ a: NOW - 30 * MINUTE, b: NOW - 2 * HOUR }), breaker: async () => breaker },
  modes: { read: async () => override },
} as unknown as Operator;
const shown = (limit?: number) => status(operator, NOW, plainScreen(), limit);

describe('the status', () => {
  it('of a pipeline at rest is one look', async () => {
    expect((await shown()).text).toBe(
      [
        'Pipeline healing is running.',
        'The switch was set 2 h ago by anna, at 2026-11-02 08:20:00Z.',
        '1 act in the last hour.',
        '',
        'No incident is open.',
        '',
        'POLICY      MODE       BREAKER  WHY',
        'Web-memory  automatic  closed',
      ].join('\n'),
    );
  });

  it('says that the hub pauses it, which only the hub ends', async () => {
    const hubPause = async () => ({ value: 'a bad release', at: NOW, sequence: 2, by: ANNA });
    const { text, data } = await status({ ...operator, hubPause }, NOW, plainScreen());
    expect(text).toContain(
      "Pipeline healing is PAUSED: the hub's pause switch says: a bad release\nWhat the hub pauses only the hub resumes.",
    );
    expect(data).toMatchObject({ pause: { kind: 'paused' }, hubPause: { value: 'a bad release' } });
  });

  it('says why it is paused', async () => {
    value = 'database work (by anna, 2026-11-02T09:20:00.123Z)';
    expect((await shown()).text).toContain(
      'Pipeline healing is PAUSED: the pause switch says: database work (by anna, 2026-11-02 09:20:00Z)',
    );
  });

  it.each([
    [[], undefined, 'nothing tried yet'],
    [[anAttempt({ rung: 1, remedy: 'restart-service' })], undefined, 'tries, rung 2: restart-service'],
    [[anAttempt({ rung: 0, remedy: 'clear-caches', result: 'not-recovered' })], undefined, 'tried, rung 1: clear-caches'],
    [
      [anAttempt({ remedy: 'add-capacity', result: 'recovered' })],
      { outcome: 'recovered', reason: 'healed', why: '' },
      'gives back later, rung 1: add-capacity',
    ],
  ] as const)('says which incidents are open, on what, by which rung and since when: %#', async (attempts, end, now) => {
    ids = [ID];
    known = { incident, attempts, ...(end && { end }) };
    const { text, data } = await shown();
    expect(text).toMatch(/ca63db8a +i-0aaaabbbbccccdddd +Web-memory +/);
    expect(text.replaceAll(/\s+/g, ' ')).toContain(`${now} `);
    expect(text.replaceAll(/\s+/g, ' ')).toContain('2026-11-02 10:16:00Z (4 min)');
    expect(data).toMatchObject({ incidents: [{ id: ID, policy: 'Web-memory', since: '2026-11-02T10:16:00.000Z' }], moreIncidents: false });
  });

  it('lists one that the table does not have yet by its id', async () => {
    ids = [ID];
    known = undefined;
    expect((await shown()).text).toMatch(/ca63db8a +- +- +nothing tried yet +-/);
  });

  it('says that there are more than it lists', async () => {
    ids = [ID, 'b'.repeat(64), 'c'.repeat(64)];
    const { text, data } = await shown(2);
    expect(text).toContain('2 or more incidents are open:');
    expect(data).toMatchObject({ moreIncidents: true });
  });

  it('says which questions wait, and until when', async () => {
    const request = { ...{ id: `${ID}-0`, incident: ID, policy: 'Web-memory', target: incident.target, rung: 0, remedy: 'x', seen: '' } };
    questions = [
      { request: { ...request, summary: 'use x', askedAt: NOW, until: NOW + 5 * MINUTE, approvers: 2 }, answers: [], taskToken: 't' },
    ];
    const { text, data } = await shown();
    expect(text).toContain('1 question waits for an answer:');
    expect(text).toMatch(/ca63db8a-1 +use x on instance i-0aaaabbbbccccdddd +0 of 2 approved +until 2026-11-02 10:25:00Z \(5 min\)/);
    expect(data).toMatchObject({ waiting: [{ shortId: 'ca63db8a-1', approvals: 0 }] });
  });

  it('counts the approvals of different people alone, as the list of questions does', async () => {
    const request = { ...{ id: `${ID}-0`, incident: ID, policy: 'Web-memory', target: incident.target, rung: 0, remedy: 'x', seen: '' } };
    const answer = { answer: 'approve', at: NOW } as const;
    questions = [
      {
        request: { ...request, summary: 'use x', askedAt: NOW, until: NOW + 5 * MINUTE, approvers: 2 },
        answers: [
          { ...answer, voter: 'link#anna@example.com', who: 'Anna' },
          { ...answer, voter: 'AROA:ben', who: 'ben' },
        ],
        taskToken: 't',
      },
    ];
    const { text, data } = await shown();
    expect(text).toContain('1 of 2 approved');
    expect(data).toMatchObject({ waiting: [{ approvals: 1 }] });
    const listed = await approvals(operator, NOW, plainScreen());
    expect(listed.text).toContain('1 of 2');
    expect(listed.data).toMatchObject([{ approvals: 1 }]);
  });

  it('says which policy does less than it was deployed for, by whom and why', async () => {
    override = { mode: 'approval', why: 'it failed', at: NOW, by: ANNA };
    breaker = isolate(ANNA, 'a drill', NOW);
    expect((await shown()).text).toMatch(/approval \(own: automatic\) +isolated +it failed \(anna\); breaker held by anna: a drill/);
    breaker = { state: 'open', since: NOW, until: NOW + HOUR, why: '3 repairs failed' };
    expect((await shown()).text).toContain('breaker open until 2026-11-02 11:20:00Z: 3 repairs');
  });
});
