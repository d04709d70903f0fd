import { describe, expect, it } from 'vitest';
import { type AgentMember, judgeAgents } from '../../../lambdas/core/agent-watch.ts';

const MINUTE = 60_000;
const NOW = Date.UTC(2026, 10, 2, 12);
const LONG_AGO = NOW - 120 * MINUTE;

function member(place: number, more: Partial<AgentMember> = {}): AgentMember {
  return { id: `i-${place}`, place, launchedAt: LONG_AGO, reports: true, ...more };
}

const judged = (reach: number, members: readonly AgentMember[], updatedAt = LONG_AGO) => judgeAgents({ updatedAt, reach, members }, NOW);

describe('the agents of a fleet', () => {
  it.each<[string, ReturnType<typeof judgeAgents>, { readonly silent: readonly string[]; readonly reach?: number }]>([
    ['a change a short time ago is given time', judged(10, [member(3, { reports: false })], NOW - 44 * MINUTE), { silent: [] }],
    ['what arrived from the first share goes to all', judged(10, [member(3), member(7), member(50)]), { silent: [], reach: 100 }],
    [
      'a change that arrived from none of the first goes no further, and the first are silent',
      judged(10, [member(3, { reports: false }), member(50)]),
      { silent: ['i-3'] },
    ],
    [
      'those who still wait are not silent',
      judged(10, [member(3, { reports: false }), member(50, { reports: false })]),
      { silent: ['i-3'] },
    ],
    [
      'one of two first machines that is broken does not hold up the rest',
      judged(10, [member(3, { reports: false }), member(7), member(50)]),
      { silent: ['i-3'], reach: 100 },
    ],
    [
      'two of three first machines that are silent do',
      judged(10, [member(1, { reports: false }), member(3, { reports: false }), member(7)]),
      { silent: ['i-1', 'i-3'] },
    ],
    [
      'in a small fleet without a machine in the first share one goes first',
      judged(10, [member(50), member(42)]),
      { silent: [], reach: 43 },
    ],
    ['without a machine there is nobody to wait for', judged(10, []), { silent: [], reach: 100 }],
    [
      'a machine that was launched a short time ago is neither silent nor first',
      judged(10, [member(3, { launchedAt: NOW - 10 * MINUTE, reports: false }), member(50)]),
      { silent: [], reach: 51 },
    ],
    [
      'when all have the configuration, whoever does not send it is silent',
      judged(100, [member(3), member(99, { reports: false }), member(98, { reports: false, launchedAt: NOW })]),
      { silent: ['i-99'] },
    ],
    ['a machine whose start is not known is judged', judged(100, [{ id: 'i-a', place: 1, reports: false }]), { silent: ['i-a'] }],
  ])('%s', (_, { silent, reach }, expected) => {
    expect({ silent, ...(reach !== undefined && { reach }) }).toEqual(expected);
  });
});
