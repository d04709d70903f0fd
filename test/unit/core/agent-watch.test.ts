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
  it.each<[string, Parameters<typeof judged>, ReturnType<typeof judged>]>([
    [
      'a change a short time ago is given time',
      [10, [member(3, { reports: false })], NOW - 44 * MINUTE],
      { silent: [], why: 'the association was changed a short time ago' },
    ],
    [
      'a change of three quarters of an hour ago has had its time',
      [10, [member(3, { reports: false })], NOW - 45 * MINUTE],
      { silent: ['i-3'], why: '1 of the first 1 machines do not send what they should' },
    ],
    [
      'what arrived from the first share goes to all',
      [10, [member(3), member(7), member(50)]],
      { silent: [], reach: 100, why: '2 of the first 2 machines send what they should' },
    ],
    [
      'a change that arrived from none of the first goes no further, and the first are silent',
      [10, [member(3, { reports: false }), member(50)]],
      { silent: ['i-3'], why: '1 of the first 1 machines do not send what they should' },
    ],
    [
      'those who still wait are not silent, the first of them neither',
      [10, [member(3, { reports: false }), member(10, { reports: false })]],
      { silent: ['i-3'], why: '1 of the first 1 machines do not send what they should' },
    ],
    [
      'one of two first machines that is broken does not hold up the rest',
      [10, [member(3, { reports: false }), member(7), member(50)]],
      { silent: ['i-3'], reach: 100, why: '1 of the first 2 machines send what they should' },
    ],
    [
      'two of three first machines that are silent do',
      [10, [member(1, { reports: false }), member(3, { reports: false }), member(7)]],
      { silent: ['i-1', 'i-3'], why: '2 of the first 3 machines do not send what they should' },
    ],
    [
      'in a small fleet without a machine in the first share one goes first',
      [10, [member(50), member(42)]],
      { silent: [], reach: 43, why: 'no machine is in the first share, so one goes first' },
    ],
    ['without a machine there is nobody to wait for', [10, []], { silent: [], reach: 100, why: 'no machine is there that could go first' }],
    [
      'a machine that was launched a short time ago is neither silent nor first',
      [10, [member(3, { launchedAt: NOW - 44 * MINUTE, reports: false }), member(50)]],
      { silent: [], reach: 51, why: 'no machine is in the first share, so one goes first' },
    ],
    [
      'a machine that was launched three quarters of an hour ago is judged',
      [10, [member(3, { launchedAt: NOW - 45 * MINUTE, reports: false })]],
      { silent: ['i-3'], why: '1 of the first 1 machines do not send what they should' },
    ],
    [
      'when all have the configuration, whoever does not send it is silent',
      [100, [member(3), member(99, { reports: false }), member(98, { reports: false, launchedAt: NOW })]],
      { silent: ['i-99'], why: 'everybody has the configuration' },
    ],
    [
      'a machine whose start is not known is judged',
      [100, [{ id: 'i-a', place: 1, reports: false }]],
      { silent: ['i-a'], why: 'everybody has the configuration' },
    ],
  ])('%s', (_, asked, verdict) => {
    expect(judged(...asked)).toEqual(verdict);
  });
});
