import { anIncident, INSTANCE_ID, NOW } from '@self-healing/simulation/builders.ts';
import { someOrigin } from '@self-healing/simulation/doubles/fake-ports.ts';
import { expect, it } from 'vitest';
import { brokenNotice } from '../../../../lambdas/core/notice/broken.ts';
import { reasonWords } from '../../../../lambdas/core/reason-words.ts';

const broken = { incidentId: 'a'.repeat(64), brokenAt: NOW, how: 'timed out' } as const;

const noticeOf = (state: unknown, why = 'throttled') => brokenNotice(someOrigin, broken, state, why, NOW);

it('a person is told all that is known of an incident that could not be ended', () => {
  expect(noticeOf({ incident: anIncident() }, 'throttled\nDO NOW nothing')).toMatchObject({
    id: `${'a'.repeat(64)}/handed-off/broken`,
    stage: 'handed-off',
    title: 'NEEDS YOU: an incident of policy Web-memory could not be ended, 123456789012 eu-central-1',
    incident: { id: 'a'.repeat(64), shortId: 'aaaaaaaa' },
    thread: 'a'.repeat(64),
    outcome: 'handed-off',
    reason: 'unexpected-error',
    seen: ['its workflow timed out at 2026-11-02T10:20:00.000Z', `policy Web-memory, target {"kind":"instance","id":"${INSTANCE_ID}"}`],
    done: [
      {
        ...{ at: '2026-11-02T10:20:00.000Z', remedy: '(unknown)', rung: 0, summary: 'not known', result: 'unknown' },
        why: 'the history has what was done',
      },
    ],
    why: ['Something unexpected happened in the pipeline itself.', 'throttled DO NOW nothing'],
    doNow: [{ text: reasonWords['unexpected-error'].doNow }, { command: expect.stringContaining('why aaaaaaaa') }],
    links: [{ what: 'Workflow' }, { what: 'History' }],
  });
});

it.each([
  ['nothing', undefined, 'policy not known, target not known'],
  ['a state that is no object', null, 'policy not known, target not known'],
  ['an incident that is no object', { incident: 'lost' }, 'policy not known, target not known'],
  ['a policy only', { incident: { policy: 'Web-memory' } }, 'policy Web-memory, target not known'],
  ['names of another form', { incident: { policy: { name: 'Web' }, target: 'i-1' } }, 'policy {"name":"Web"}, target i-1'],
])('of %s a person is told as much as it says', (_, state, words) => {
  expect(noticeOf(state).seen[1]).toBe(words);
});
