import { EventBridgeClient, ListRulesCommand } from '@aws-sdk/client-eventbridge';
import { rulesBeginning } from '../core/manifest.ts';
import type { SignalRules } from '../core/ports.ts';
import { sweptEvent } from '../core/standing-alarm.ts';
import { sweepSource } from '../core/sweep-source.ts';
import { reading } from './aws-call.ts';
import { putEvents } from './put-events.ts';

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
        const command = new ListRulesCommand({ NamePrefix: rulesBeginning(pipeline), NextToken });
        const page = await reading('list the rules', () => client.send(command));
        for (const { EventPattern, State } of page.Rules ?? []) {
          if (State !== 'DISABLED') for (const name of alarmsOf(EventPattern, Source)) names.add(name);
        }
        NextToken = page.NextToken;
      } while (NextToken);
      return [...names];
    },

    tellAgain: (standing) => putEvents(Source, standing.map(sweptEvent), client),
  };
}

/** Rules of other people may begin alike, but do not admit this pipeline's own source. */
function alarmsOf(pattern: string | undefined, source: string): readonly string[] {
  const { source: sources = [], detail = {} }: Pattern = JSON.parse(pattern ?? '{}');
  if (!sources.includes(source)) return [];
  return [detail, ...(detail.$or ?? [])].flatMap(({ alarmName = [] }) => alarmName.filter((name) => typeof name === 'string'));
}
