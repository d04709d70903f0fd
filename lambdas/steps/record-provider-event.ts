import { type Instant, iso } from '../core/duration.ts';
import { ALL_POLICIES } from '../core/operator-action.ts';
import type { History, ProviderEvents } from '../core/ports.ts';
import { type ProviderEvent, parseProviderEvent } from '../core/provider-event.ts';
import { keptEvent } from './kept-event.ts';

export interface ProviderEventPorts {
  readonly history: History;
  readonly providerEvents: ProviderEvents;
}

/** Keeps an event of AWS Health for the guardrail that looks for it. One of unknown shape is recorded and holds nothing back. */
export async function recordProviderEvent(event: unknown, ports: ProviderEventPorts, now: Instant): Promise<void> {
  const parsed = parseProviderEvent(event);
  if ('kind' in parsed) {
    await ports.history.write({
      at: iso(now),
      kind: 'rejected',
      policy: ALL_POLICIES,
      text: `an event of AWS Health: ${parsed.why}`,
      reason: parsed.reason,
      event: keptEvent(event),
    });
    return;
  }
  if ((await ports.providerEvents.keep(parsed, now)) === 'outdated') return;
  const { arn, service, code, open, entities } = parsed;
  await ports.history.write({
    at: iso(now),
    kind: 'provider-event',
    policy: ALL_POLICIES,
    text: inWords(parsed),
    event: arn,
    service,
    code,
    open,
    ...(entities && { entities }),
  });
}

function inWords({ code, service, text, open }: ProviderEvent): string {
  return `AWS reports ${code} of ${service}, ${open ? 'which holds healing back' : 'which does not hold healing back (any more)'}: ${text}`;
}
