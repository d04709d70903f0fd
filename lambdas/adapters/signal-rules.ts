import { EventBridgeClient, ListRulesCommand, PutEventsCommand, type PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import { TryAgain } from '../core/failure.ts';
import type { SignalRules } from '../core/ports.ts';
import { sweptEvent } from '../core/standing-alarm.ts';
import { sweepSource } from '../core/sweep-source.ts';
import { reading } from './aws-error.ts';

/** EventBridge takes at most as many events in one call. */
const EVENTS_A_CALL = 10;

/** The part of a rule's pattern by which the pipeline knows its own rules and their alarms. */
interface Pattern {
  readonly source?: readonly unknown[];
  readonly detail?: Detail & { readonly $or?: readonly Detail[] };
}

interface Detail {
  readonly alarmName?: readonly unknown[];
}

/** The pipeline's rules on the default bus: what they match is what is watched, so nothing else has to keep that list. */
export function signalRules(pipeline: string, client = new EventBridgeClient({})): SignalRules {
  const Source = sweepSource(pipeline);
  return {
    async watchedAlarms() {
      const names = new Set<string>();
      let NextToken: string | undefined;
      do {
        const command = new ListRulesCommand({ NamePrefix: `${pipeline}-`, NextToken });
        const page = await reading('list the rules', () => client.send(command));
        for (const { EventPattern, State } of page.Rules ?? []) {
          if (State !== 'DISABLED') for (const name of alarmsOf(EventPattern, Source)) names.add(name);
        }
        NextToken = page.NextToken;
      } while (NextToken);
      return [...names];
    },

    async tellAgain(standing) {
      const entries = standing
        .map(sweptEvent)
        .map(({ detailType, detail }) => ({ Source, DetailType: detailType, Detail: JSON.stringify(detail) }));
      const refused: string[] = [];
      for (let from = 0; from < entries.length; from += EVENTS_A_CALL) {
        refused.push(...(await put(entries.slice(from, from + EVENTS_A_CALL), client)));
      }
      if (refused.length > 0) throw new TryAgain(`${refused.length} of ${entries.length} events were not taken: ${refused[0]}`, undefined);
    },
  };
}

/** Rules of other pipelines and other people begin alike, but do not admit this pipeline's own source. */
function alarmsOf(pattern: string | undefined, source: string): readonly string[] {
  const { source: sources = [], detail = {} }: Pattern = JSON.parse(pattern ?? '{}');
  if (!sources.includes(source)) return [];
  return [detail, ...(detail.$or ?? [])].flatMap(({ alarmName = [] }) => alarmName.filter((name) => typeof name === 'string'));
}

/** The errors of the entries that EventBridge did not take. */
async function put(Entries: PutEventsRequestEntry[], client: EventBridgeClient): Promise<readonly string[]> {
  const answer = await reading('put events', () => client.send(new PutEventsCommand({ Entries })));
  return (answer.Entries ?? []).flatMap(({ ErrorCode, ErrorMessage }) =>
    ErrorCode === undefined ? [] : [`${ErrorCode}: ${ErrorMessage}`],
  );
}
