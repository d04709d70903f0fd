import { inWords, milliseconds } from '../../lambdas/core/duration.ts';
import type { TargetKind } from '../../lambdas/core/target.ts';
import { registry } from '../../lambdas/remediators/registry.ts';
import { longestAct, type Permission, type Remediator } from '../../lambdas/remediators/remediator.ts';
import { commentBefore, keysOf, sourceOf, textAndDefault } from './doc-comments.ts';
import { short } from './durations.ts';
import { code, item, page, wrapped } from './markdown.ts';
import { formsOf, parameterItem } from './parameters.ts';

const kindInWords: Readonly<Record<TargetKind, string>> = {
  instance: 'instance',
  'auto-scaling-group': 'Auto Scaling group',
  database: 'database',
  'database-cluster': 'database cluster',
};

/** The questions that the head of each remedy's file answers. */
const ANSWERS = ['Cures what', 'Does what in AWS', 'Can harm what', 'Refuses when', 'Safe twice', 'Proved by'] as const;

export function remediesPage(): string {
  return page(
    'Remedies',
    wrapped(
      'A rung of a ladder is made by one of these methods. *Looks after* is the time after the act before the first look; then the symptom must be gone *within* the second time, or the next rung is climbed. The second argument of every method changes both: `{ settle, verifyWithin }`. An act that is still under way then is waited for, as long as it can take.',
    ),
    wrapped(
      'What a remedy refuses ends the incident as `unsafe-to-act` where acting could do harm. Where it merely cannot help, the next rung is tried.',
    ),
    ...Object.entries(registry).map(([method, remediator]) => section(method, remediator)),
  );
}

function section(method: string, remediator: Remediator): string {
  const source = sourceOf(`lambdas/remediators/${remediator.name}.ts`);
  const { intro, answers } = headOf(source);
  const lone = remediator.mainParameter === undefined ? '' : `; a lone text is its ${code(remediator.mainParameter)}`;
  return [
    `## ${remediator.name}`,
    wrapped(
      `${exampleOf(method)} acts on: ${remediator.targets.map((kind) => kindInWords[kind]).join(', ')}${lone}. Its cost is of the class ${code(remediator.cost)}. ${intro}`,
    ),
    [
      ...answers.map(([question, answer]) => item(`**${question}:** ${answer}`)),
      item(`**Looks after** ${short(remediator.settle)}, **within** ${short(remediator.verifyWithin)}.${longest(remediator)}`),
      item(`**Permissions:** ${permissionsInWords(remediator)}`),
    ].join('\n'),
    parameters(remediator, source),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

/** The call that the registry's comment shows, or the plain one. */
function exampleOf(method: string): string {
  const comment = commentBefore(sourceOf('lambdas/remediators/registry.ts'), `${method},$`).replaceAll(/\s+/g, ' ');
  return /`Remedy\.\w+\([^`]*\)`/.exec(comment)?.[0] ?? code(`Remedy.${method}()`);
}

/** The head of a remedy's file: what stands before its questions, and the answers to them. */
function headOf(source: string): { readonly intro: string; readonly answers: readonly (readonly [string, string])[] } {
  const words = commentBefore(source, 'export const remediator').replaceAll(/\s+/g, ' ');
  const parts = words.split(new RegExp(`\\b(${ANSWERS.join('|')}): `));
  const answers = ANSWERS.map((question) => [question, parts[parts.indexOf(question) + 1]?.trim() ?? ''] as const);
  return { intro: parts[0]?.trim() ?? '', answers };
}

/** What a remedy's longest act takes with its defaults. */
function longest(remediator: Remediator): string {
  if (!remediator.acts) return '';
  return ` The act is under way for at most ${inWords(milliseconds(longestAct(remediator, defaultsOf(remediator))))}, by its defaults.`;
}

/** The parameters that have defaults; the others stay open, since no limit of time depends on them. */
function defaultsOf({ params }: Remediator): unknown {
  const [first = []] = formsOf(params);
  return Object.fromEntries(first.map(({ name, default: standard }) => [name, standard]));
}

export const ON: Readonly<Record<Permission['on'], string>> = {
  targets: 'on the targets',
  document: 'on its own document',
  any: 'on `*`, since AWS knows no narrower resource',
  login: 'on the one login',
  named: 'on what its parameters name',
};

function permissionsInWords({ permissions: { observe, execute } }: Remediator): string {
  const all = [...observe, ...execute];
  if (all.length === 0) return 'none.';
  const where = Map.groupBy(all, ({ on }) => on);
  return `${[...where].map(([on, list]) => `${[...new Set(list.flatMap(({ actions }) => actions))].map(code).join(', ')} ${ON[on]}`).join('; ')}.`;
}

function parameters({ params }: Remediator, source: string): string {
  const forms = formsOf(params).filter((form) => form.length > 0);
  if (forms.length === 0) return 'It takes no parameters.';
  const comments = keysOf(source);
  let from = 0;
  const items = forms.map((form) =>
    form.map((parameter) => {
      const at = comments.findIndex(({ name }, index) => index >= from && name === parameter.name);
      if (at >= 0) from = at + 1;
      return parameterItem(parameter, textAndDefault(comments[at]?.words ?? '').text);
    }),
  );
  return items.map((list, index) => `${index === 0 ? 'Parameters:' : 'or:'}\n\n${list.join('\n')}`).join('\n\n');
}
