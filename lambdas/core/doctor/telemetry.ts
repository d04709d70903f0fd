import { awsCommandHere } from '../commands-here.ts';
import { check } from './check.ts';
import { ok, wrong } from './finding.ts';

/** A condition on a resource's tag in a query of Metrics Insights, which finds nothing without the account's setting. */
const BY_TAG = /\btag\./i;

/** Whether queries by tag find anything. Data proves that the setting is on; the setting itself need not be read. */
export const telemetry = check({
  name: 'telemetry',
  whether: '"resource tags on telemetry" is on where an alarm finds resources by tag',
  needs: ['alarms'],
  judge({ alarms }, place) {
    const byTag = alarms.filter(({ query = '' }) => BY_TAG.test(query));
    const empty = byTag.filter(({ state }) => state === 'INSUFFICIENT_DATA');
    if (byTag.length === 0) return [ok('telemetry', 'no alarm finds resources by tag, so that the setting is not needed')];
    if (empty.length === 0) return [ok('telemetry', `the ${byTag.length} alarms that find resources by tag have data`)];
    return empty.map(({ name }) =>
      wrong(
        name,
        'it finds resources by tag and has no data: perhaps "resource tags on telemetry" is off in this account and Region; once it is on, data takes some hours',
        ['get-telemetry-enrichment-status', 'start-telemetry-enrichment']
          .map((words) => awsCommandHere(place, `observabilityadmin ${words}`))
          .join('\n'),
      ),
    );
  },
});
