import { type EventBridgeClient, PutEventsCommand, type PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import { TryAgain } from '../core/failure.ts';
import type { SweptEvent } from '../core/signal.ts';
import { reading } from './aws-call.ts';

/** EventBridge takes at most as many events in one call. */
const EVENTS_A_CALL = 10;

/**
 * Puts events on the default bus. Telling the same twice is harmless, so whoever calls may try again.
 *
 * @throws TryAgain when EventBridge did not take all of them
 */
export async function putEvents(Source: string, events: readonly SweptEvent[], client: EventBridgeClient): Promise<void> {
  const entries = events.map(({ detailType, detail }) => ({ Source, DetailType: detailType, Detail: JSON.stringify(detail) }));
  const refused: string[] = [];
  for (let from = 0; from < entries.length; from += EVENTS_A_CALL) {
    refused.push(...(await put(entries.slice(from, from + EVENTS_A_CALL), client)));
  }
  if (refused.length > 0) throw new TryAgain(`${refused.length} of ${entries.length} events were not taken: ${refused[0]}`, undefined);
}

/** The errors of the entries that EventBridge did not take. */
async function put(Entries: PutEventsRequestEntry[], client: EventBridgeClient): Promise<readonly string[]> {
  const answer = await reading('put events', () => client.send(new PutEventsCommand({ Entries })));
  return (answer.Entries ?? []).flatMap(({ ErrorCode, ErrorMessage }) =>
    ErrorCode === undefined ? [] : [`${ErrorCode}: ${ErrorMessage}`],
  );
}
