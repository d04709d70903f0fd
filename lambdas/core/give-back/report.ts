import { type Instant, inWords } from '../duration.ts';
import type { Incident } from '../incident.ts';
import type { Policy } from '../policy.ts';
import { type Message, subject } from '../report.ts';
import { targetInWords } from '../target.ts';
import { type GiveBackEnd, giveBackReasons } from './give-back.ts';

/** Reports that what an incident's remedy added could not be given back. `added` is the remedy's summary, where it is known. */
export function giveBackReport(
  incident: Incident,
  policy: Policy,
  { added, since }: { readonly added: string | undefined; readonly since: Instant },
  end: GiveBackEnd,
  now: Instant,
): Message {
  const target = targetInWords(incident.target);
  return {
    subject: subject(`[self-healing] NOT GIVEN BACK: ${policy.symptom} on ${target}`),
    body: [
      `${target}: what was added against "${policy.seen}" is still there, or may be.`,
      '',
      `SEEN       the incident ended as recovered ${inWords(now - since)} ago`,
      `DONE       ${added ?? 'not known: the attempt could not be read'}`,
      'NOT DONE   giving it back',
      `WHY        ${giveBackReasons[end.reason].means}`,
      `           ${end.why}`,
      'DO NOW     Nothing is urgent: it costs money. Look at the target, and lower it by hand when it is not needed.',
      ...(policy.runbook ? [`           Runbook: ${policy.runbook}`] : []),
      '',
      `Policy ${policy.name}, reason ${end.reason}, incident ${incident.id}`,
    ].join('\n'),
    attributes: { policy: policy.name, outcome: 'not-given-back', reason: end.reason },
  };
}
