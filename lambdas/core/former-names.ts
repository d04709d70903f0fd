import { isFields } from './fields.ts';
import type { Reason } from './reasons.ts';

/**
 * Items of the incident table live for months, so they outlast the names of their fields: what is called `summary` was once called
 * `deed`. They are written under the new name and read under both.
 */
export function withSummary<Item extends { readonly summary: string }>(item: Item): Item {
  const { deed: summary, ...rest } = item as Item & { readonly deed?: string };
  return summary === undefined ? item : { ...(rest as Item), summary };
}

const formerReasons: ReadonlyMap<unknown, Reason> = new Map([
  ['common-cause', 'storm'],
  ['part-of-common-cause', 'part-of-storm'],
]);

/** What is stored or said with a reason, under the reason's name of today. */
export function withTodaysReason<Said extends object>(said: Said): Said {
  const reason = 'reason' in said ? formerReasons.get(said.reason) : undefined;
  return reason === undefined ? said : { ...said, reason };
}

/**
 * A delivery of a rule, or the state of a workflow, under the names of today. Rules and workflows of an earlier version are under way
 * while this one is deployed. What is something else is left as it is, for the schemas to refuse.
 */
export function inTodaysNames(value: unknown): unknown {
  return changed(value, {
    policy: (policy) => changed(policy, { guardrails }),
    incident: (incident) => changed(incident, { follows: (follows) => changed(reasoned(follows), { told: each(reasoned) }) }),
    next: (next) => changed(reasoned(next), { end: reasoned }),
  });
}

function guardrails(value: unknown): unknown {
  if (!isFields(value) || value.commonCause === undefined) return value;
  const { commonCause: storm, ...rest } = value;
  return { storm, ...rest };
}

function reasoned(value: unknown): unknown {
  return isFields(value) ? withTodaysReason(value) : value;
}

function each(change: (item: unknown) => unknown): (list: unknown) => unknown {
  return (list) => (Array.isArray(list) ? list.map(change) : list);
}

function changed(value: unknown, changes: Readonly<Record<string, (field: unknown) => unknown>>): unknown {
  if (!isFields(value)) return value;
  const fields = Object.entries(changes).filter(([name]) => value[name] !== undefined);
  return { ...value, ...Object.fromEntries(fields.map(([name, change]) => [name, change(value[name])])) };
}
