import { PIPELINES, type PipelinePlace, placeKey } from '../../core/hub/place.ts';
import { type KnownPipeline, readReport } from '../../core/hub/report.ts';
import type { KnownPipelines } from '../../core/ports.ts';
import type { IncidentTable, Key } from './incident-table.ts';

/** A pipeline of which nothing was heard for so long is one no more. */
const FORGOTTEN_AFTER_SECONDS = 30 * 86_400;

interface Item extends PipelinePlace {
  readonly report?: unknown;
  readonly told?: KnownPipeline['told'];
}

/**
 * The pipelines in the table of a hub, which has the keys of an incident table and none of its items:
 *
 * | pk | sk | holds |
 * |---|---|---|
 * | `pipeline` | `<account>/<region>/<name>` | its last report, and when it was sent the pause last |
 */
export function knownPipelines(table: IncidentTable): KnownPipelines {
  return {
    async all() {
      const items = await table.between<Item>(PIPELINES, '0', '~');
      return items.flatMap(({ account, region, pipeline, report, told }) => {
        const read = readReport(report);
        return read ? [{ account, region, pipeline, report: read, ...(told && { told }) }] : [];
      });
    },

    async keep(place, report) {
      const { account, region, pipeline } = place;
      const ttl = Math.floor(report.at / 1_000) + FORGOTTEN_AFTER_SECONDS;
      const condition = {
        ConditionExpression: 'attribute_not_exists(pk) OR attribute_not_exists(reportedAt) OR reportedAt <= :at',
        ExpressionAttributeValues: { ':at': report.at },
      };
      const values = { account, region, pipeline, report, reportedAt: report.at, ttl };
      await table.transact([{ kind: 'set', key: keyOf(place), values, condition }]);
    },

    noteTold: (place, told) => table.set(keyOf(place), { told }),
  };
}

function keyOf(place: PipelinePlace): Key {
  return { pk: PIPELINES, sk: placeKey(place) };
}
