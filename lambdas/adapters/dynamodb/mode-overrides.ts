import { lessStrictThan, type ModeOverride } from '../../core/mode.ts';
import type { ModeOverrides } from '../../core/ports.ts';
import type { IncidentTable, Key } from './incident-table.ts';

/** What an operator does with overrides, beside what the pipeline does. */
export interface ModeAdmin {
  /** Takes the override back; false when there is none. */
  promote(policy: string): Promise<boolean>;
}

/** Stricter modes (`policy#<name>`, `mode`) in the incident table. They stay until they are taken back; no deployment does that. */
export function modeOverrides(table: IncidentTable): ModeOverrides & ModeAdmin {
  return {
    read: async (policy) => (await table.get<{ override: ModeOverride }>(modeKey(policy)))?.override,

    async demote(policy, override) {
      const weaker = lessStrictThan(override.mode);
      const names = weaker.map((_, index) => `:weaker${index}`);
      const condition = {
        ConditionExpression: ['attribute_not_exists(pk)', ...names.map((name) => `#override.#mode = ${name}`)].join(' OR '),
        ...(names.length > 0 && {
          ExpressionAttributeNames: { '#override': 'override', '#mode': 'mode' },
          ExpressionAttributeValues: Object.fromEntries(names.map((name, index) => [name, weaker[index]])),
        }),
      };
      await table.transact([{ kind: 'put', item: { ...modeKey(policy), override }, condition }]);
    },

    async promote(policy) {
      const condition = { ConditionExpression: 'attribute_exists(pk)' };
      return (await table.transact([{ kind: 'delete', key: modeKey(policy), condition }])) === undefined;
    },
  };
}

/** Sorts after the policy's breaker. */
export function modeKey(policy: string): Key {
  return { pk: `policy#${policy}`, sk: 'mode' };
}
