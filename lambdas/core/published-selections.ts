import type { TargetFacts } from './guardrails/guardrail.ts';
import { type Group, groupSchema } from './policy.ts';
import { type Belonging, isOf } from './selection.ts';
import { type Target, targetKey } from './target.ts';

/** Where the pipelines of an account and Region say what they protect, apart from all else, so that one read brings nothing more. */
export const SELECTIONS_PATH = '/self-healing-protects';

/** The name of the parameter with a part of what a pipeline protects. */
export function selectionsName(pipeline: string, part: number): string {
  return `${SELECTIONS_PATH}/${pipeline}/${part}`;
}

/** What one pipeline says that it protects. */
export interface PublishedSelections {
  readonly pipeline: string;
  readonly selections: readonly Group[];
}

/**
 * Reads one such parameter; undefined for one that is none. What another version of the pipeline says besides is left out, since one
 * that cannot be read must not stop all pipelines of the account.
 */
export function parseSelections(name: string, value: string): PublishedSelections | undefined {
  const [, path, pipeline, part] = name.split('/');
  if (`/${path}` !== SELECTIONS_PATH || !pipeline || part === undefined) return undefined;
  const listed = listIn(value);
  return { pipeline, selections: listed.flatMap((each) => groupSchema.safeParse(each).data ?? []) };
}

function listIn(value: string): readonly unknown[] {
  try {
    const parsed: unknown = JSON.parse(value);
    return Array.isArray(parsed) ? parsed : [];
  } catch {
    return [];
  }
}

/**
 * The pipeline whose the target is, where that is another one: of all that protect it, the one whose name comes first acts. Two that
 * act on one target know nothing of each other's leases, cooldowns and budgets.
 *
 * @param members of a target that is a group, where `needsMembers`
 */
export function protectorBefore(
  own: string,
  published: readonly PublishedSelections[],
  target: Target,
  facts: TargetFacts,
  members: readonly Belonging[] = [],
): string | undefined {
  const [first] = published
    .filter(({ pipeline, selections }) => pipeline < own && selections.some((selection) => covers(selection, target, facts, members)))
    .map(({ pipeline }) => pipeline)
    .toSorted();
  return first;
}

/** Whether the tags of a group's members tell whose it is: a launch template tags machines, and not their group. */
export function needsMembers(own: string, published: readonly PublishedSelections[], { kind }: Target): boolean {
  const isTagged = published.some(({ pipeline, selections }) => pipeline < own && selections.some((each) => each.kind === 'tagged'));
  return isTagged && kind === 'auto-scaling-group';
}

/** Whether a pipeline that protects the selection may act on the target, on what contains it or on what it contains. */
export function covers(
  selection: Group,
  target: Target,
  { tags, container, contains = [] }: TargetFacts,
  members: readonly Belonging[] = [],
): boolean {
  if (selection.kind === 'single') {
    const key = targetKey(selection.target);
    const contained = contains.map((id) => targetKey({ kind: target.kind === 'database-cluster' ? 'database' : 'instance', id }));
    return [targetKey(target), ...(container ? [targetKey(container)] : []), ...contained].includes(key);
  }
  if (target.kind === 'instance') return isOf(selection, { id: target.id, tags });
  if (target.kind !== 'auto-scaling-group') return false;
  if (selection.kind === 'auto-scaling-group') return selection.name === target.name;
  if (selection.kind === 'instances') return selection.ids.some((id) => contains.includes(id));
  return tags[selection.key] === selection.value || members.some((member) => isOf(selection, member));
}
