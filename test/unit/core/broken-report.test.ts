import { anIncident, INSTANCE_ID, NOW } from '@self-healing/simulation/builders.ts';
import { expect, it } from 'vitest';
import { brokenReport } from '../../../lambdas/core/broken-report.ts';

const broken = { incidentId: 'a'.repeat(64), brokenAt: NOW, how: 'timed out' } as const;

/** Only the lines that say what is known of the incident. */
const known = (state: unknown) => brokenReport(broken, state, 'throttled').body.split('\n').slice(3, 4);

it('a person is told all that is known of an incident that could not be ended', () => {
  expect(brokenReport(broken, { incident: anIncident() }, 'throttled\nDO NOW nothing')).toEqual({
    subject: '[self-healing] NEEDS YOU: an incident of policy Web-memory could not be ended',
    body: `An incident of the self-healing pipeline could not be ended: handed off to you.

SEEN       its workflow timed out at 2026-11-02T10:20:00.000Z
           policy Web-memory, target {"kind":"instance","id":"${INSTANCE_ID}"}
DONE       not known: the history has what was done
WHY        Something unexpected happened in the pipeline itself.
           throttled DO NOW nothing
DO NOW     Look at the target first, then at the execution in Step Functions; the pipeline may need a repair.

Policy Web-memory, reason unexpected-error, incident ${'a'.repeat(64)}`,
    attributes: { policy: 'Web-memory', outcome: 'handed-off', reason: 'unexpected-error' },
  });
});

it.each([
  ['nothing', undefined, 'policy not known, target not known'],
  ['a state that is no object', null, 'policy not known, target not known'],
  ['an incident that is no object', { incident: 'lost' }, 'policy not known, target not known'],
  ['a policy only', { incident: { policy: 'Web-memory' } }, 'policy Web-memory, target not known'],
  ['names of another form', { incident: { policy: { name: 'Web' }, target: 'i-1' } }, 'policy {"name":"Web"}, target i-1'],
])('of %s a person is told as much as it says', (_, state, words) => {
  expect(known(state)).toEqual([`           ${words}`]);
});
