import { type HubPauseOf, hubPauseSchema } from '../../core/hub/hub-pause.ts';
import type { HubPauses } from '../../core/ports.ts';
import { readTolerantly } from '../../core/tolerant-reader.ts';
import type { IncidentTable, Key } from './incident-table.ts';

/**
 * The hub's pause in the incident table of a pipeline, which outlives its stack:
 *
 * | pk | sk | holds |
 * |---|---|---|
 * | `hub` | `pause` | what the hub's switch said last, of which hub, and whether the history has it; no time to live, since a pause stays |
 *
 * DynamoDB itself lets only a later one of the same hub take the place of an earlier one, so that two events at once cannot end as the
 * earlier.
 */
export function hubPauses(table: IncidentTable): HubPauses {
  return {
    async read() {
      const item = await table.get<{ readonly pause?: unknown }>(key);
      if (item === undefined) return undefined;
      const { data, error } = readTolerantly(hubPauseSchema, item.pause);
      // What cannot be read may be a pause.
      if (!data) throw new Error(`the hub's pause cannot be read: ${error.message}`);
      return data;
    },

    async keep(pause: HubPauseOf) {
      const condition = {
        ConditionExpression:
          'attribute_not_exists(pk) OR attribute_not_exists(#pause.#hub) OR #pause.#hub <> :hub OR ' +
          '#pause.#at < :at OR (#pause.#at = :at AND #pause.#sequence < :sequence)',
        ExpressionAttributeNames: { '#pause': 'pause', '#at': 'at', '#sequence': 'sequence', '#hub': 'hub' },
        ExpressionAttributeValues: { ':at': pause.at, ':sequence': pause.sequence, ':hub': pause.hub },
      };
      return (await table.transact([{ kind: 'put', item: { ...key, pause }, condition }])) === undefined;
    },

    isWritten: async () => (await table.get<{ readonly isWritten?: boolean }>(key))?.isWritten === true,

    async noteWritten({ at, sequence }) {
      const condition = {
        ConditionExpression: '#pause.#at = :at AND #pause.#sequence = :sequence',
        ExpressionAttributeNames: { '#pause': 'pause', '#at': 'at', '#sequence': 'sequence' },
        ExpressionAttributeValues: { ':at': at, ':sequence': sequence },
      };
      await table.transact([{ kind: 'set', key, values: { isWritten: true }, condition }]);
    },
  };
}

const key: Key = { pk: 'hub', sk: 'pause' };
