import { lessStrictThan, type Mode, modes, overrideIn } from '../../core/mode.ts';
import type { ModeOverrides } from '../../core/ports.ts';
import { type Condition, type IncidentTable, IS_NEW, type Key } from './incident-table.ts';

/** What an operator does with overrides, beside what the pipeline does. */
export interface ModeAdmin {
  /** Takes the override back; false when there is none. */
  promote(policy: string): Promise<boolean>;
}

/** Stricter modes (`policy#<name>`, `mode`) in the incident table. They stay until they are taken back; no deployment does that. */
export function modeOverrides(table: IncidentTable): ModeOverrides & ModeAdmin {
  return {
    read: async (policy) => overrideIn(await table.get<object>(modeKey(policy))),

    async demote(policy, override) {
      await table.transact([{ kind: 'put', item: { ...modeKey(policy), override }, condition: lessStrict(override.mode) }]);
    },

    async promote(policy) {
      const condition = { ConditionExpression: 'attribute_exists(pk)' };
      return (await table.transact([{ kind: 'delete', key: modeKey(policy), condition }])) === undefined;
    },
  };
}

/** Met where nothing makes the policy as strict. Of an item from which no mode can be read only the strictest mode takes the place. */
function lessStrict(mode: Mode): Condition {
  const ExpressionAttributeNames = { '#override': 'override', '#mode': 'mode' };
  if (mode === modes[0])
    return {
      ...{ ConditionExpression: 'attribute_not_exists(#override.#mode) OR #override.#mode <> :mode', ExpressionAttributeNames },
      ExpressionAttributeValues: { ':mode': mode },
    };
  const weaker = lessStrictThan(mode);
  if (weaker.length === 0) return IS_NEW;
  const names = weaker.map((_, index) => `:weaker${index}`);
  return {
    ConditionExpression: ['attribute_not_exists(pk)', ...names.map((name) => `#override.#mode = ${name}`)].join(' OR '),
    ExpressionAttributeNames,
    ExpressionAttributeValues: Object.fromEntries(names.map((name, index) => [name, weaker[index]])),
  };
}

/** Sorts after the policy's breaker. */
export function modeKey(policy: string): Key {
  return { pk: `policy#${policy}`, sk: 'mode' };
}
