import { commentBefore, type Documented, interfaceOf, propertiesOf, sourceOf } from './doc-comments.ts';
import { code, item, page, wrapped } from './markdown.ts';

/** The lists of the registry, in the words of the page. */
const LISTS = [
  ['guardrails', 'Before every rung'],
  ['actGuardrails', 'Before a rung that changes something'],
] as const;

export function guardrailsPage(): string {
  return page(
    'Guardrails',
    wrapped(
      'Before every rung the guardrails are asked in the order of this page; the first that objects is named in the history. After the name of each stand the [reasons](reasons.md) for which it ends an incident. One that waits does so for at most `waitAtMost`, and looks again every `lookEvery`. Last comes the [mode](../operate.md#modes) of the policy.',
    ),
    ...LISTS.flatMap(([name, title]) => [`## ${title}`, namesIn(name).map(guardrail).join('\n')]),
    '## Properties',
    wrapped(
      'They are set in `guardrails` of a protection, or of one symptom, whose own come before those of the protection. Behind the name stands the default.',
    ),
    [...propertiesOf(interfaceOf(sourceOf('lib/guardrails.ts'), 'GuardrailProps')), ...conditions()].map(property).join('\n'),
    '## Protected windows',
    propertiesOf(interfaceOf(sourceOf('lib/change-conditions.ts'), 'ProtectedWindowProps'))
      .map(property)
      .join('\n'),
    '## Of the whole pipeline',
    propertiesOf(interfaceOf(sourceOf('lib/healing-pipeline-props.ts'), 'HealingPipelineProps'))
      .map(property)
      .join('\n'),
  );
}

function conditions(): readonly Documented[] {
  return propertiesOf(interfaceOf(sourceOf('lib/change-conditions.ts'), 'ChangeConditionProps'));
}

function namesIn(list: string): readonly string[] {
  const [, body = ''] =
    new RegExp(`export const ${list}: readonly Guardrail\\[\\] = \\[([^\\]]*)\\]`).exec(sourceOf('lambdas/core/guardrails/registry.ts')) ??
    [];
  return body.split(',').flatMap((name) => name.trim() || []);
}

function guardrail(name: string): string {
  const words = name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  const source = sourceOf(`lambdas/core/guardrails/${words.replaceAll(' ', '-')}.ts`);
  const reasons = [...new Set([...source.matchAll(/reason: '([a-z-]+)'/g)].map(([, reason = '']) => reason))];
  const links = reasons.map((reason) => `[${reason}](reasons.md#${reason})`).join(', ');
  return item(`**${words[0]?.toUpperCase()}${words.slice(1)}** (${links}): ${commentBefore(source, `export const ${name}\\b`)}`);
}

function property({ name, text, default: standard, optional }: Documented): string {
  const sentence = standard === undefined ? '' : `${standard.replace(/\.$/, '')}. `;
  return item(`${code(name)}: ${optional ? sentence || 'none. ' : ''}${text}`);
}
