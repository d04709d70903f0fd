import { describe, expect, it } from 'vitest';
import { endNotice } from '../../../../lambdas/core/notice/end.ts';
import { endFor } from '../../../../lambdas/core/reasons.ts';
import { anIncident, aPolicy, NOW } from '../../builders.ts';
import { someOrigin } from '../../doubles/fake-ports.ts';
import { reportedOnce } from '../../invariants/reported-once.ts';
import { playStory } from '../../play-story.ts';
import { aStory } from '../../stories.ts';
import { synthesizedStack } from '../../synthesized-stack.ts';

const OTHER = 'b'.repeat(64);

describe('who was told of an incident', () => {
  it('is read from the incident that a report is about, and not from one that it mentions', async () => {
    const policy = aPolicy();
    const incident = anIncident();
    const end = endFor('already-open', `incident ${OTHER} of the same policy is open`, 1);
    const empty = await playStory(aStory({ policies: [policy], faults: [] }), synthesizedStack());
    const execution = { name: incident.id, status: 'SUCCEEDED', visits: [] };
    const history = {
      ...empty,
      executions: new Map([[incident.id, execution]]) as unknown as typeof empty.executions,
      invocations: [{ function: 'conclude', startedAt: NOW, execution: incident.id }],
      lines: [
        {
          at: '',
          kind: 'outcome' as const,
          policy: policy.name,
          text: end.why,
          incident: incident.id,
          outcome: end.outcome,
          reason: end.reason,
        },
      ],
      notices: [{ at: NOW, notice: endNotice(someOrigin, { incident, policy, attempts: [], end }, NOW) }],
    };

    expect(reportedOnce.breaches(history)).toEqual([]);
    expect(reportedOnce.breaches({ ...history, notices: [] })).toEqual([`${incident.id.slice(0, 8)}: nobody was told`]);
  });
});
