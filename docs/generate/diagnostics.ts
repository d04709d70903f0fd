import { DIAGNOSIS_SECONDS, MOST_OF_A_DIAGNOSIS } from '../../lambdas/core/diagnosis.ts';
import type { Diagnostic, DiagnosticPermission } from '../../lambdas/diagnostics/diagnostic.ts';
import { diagnostics } from '../../lambdas/diagnostics/registry.ts';
import { commentBefore, sourceOf } from './doc-comments.ts';
import { code, item, page, wrapped } from './markdown.ts';
import { ON } from './remedies.ts';

export function diagnosticsPage(): string {
  const { sections, lines, characters } = MOST_OF_A_DIAGNOSIS;
  return page(
    'Diagnostics',
    wrapped(
      `What is read of a target when its incident is handed off. It changes nothing, takes ${DIAGNOSIS_SECONDS.aws + DIAGNOSIS_SECONDS.database} s at most, and the message goes out whether or not it could be had. Of one hand-off at most ${sections} sections of ${lines} lines of ${characters} characters are kept, without known secrets. A diagnostic is permitted only where a policy of the pipeline can want it.`,
    ),
    ...diagnostics.map(section),
  );
}

function section(diagnostic: Diagnostic): string {
  const { name, visits, permissions } = diagnostic;
  const words = commentBefore(sourceOf(`lambdas/diagnostics/${name}.ts`), 'export const diagnostic').replaceAll(/\s+/g, ' ');
  const [, intro = '', tells = '', reads = ''] = /^(.*?) Tells: (.*?) Reads: (.*)$/.exec(words) ?? [];
  const visit = visits
    ? [item(`**Goes ${visits === 'machine' ? 'onto the machine' : 'into the database'}**, and so not while the pipeline is paused.`)]
    : [];
  return [
    `## ${name}`,
    wrapped(intro),
    [
      item(`**Tells:** ${tells}`),
      item(`**Reads:** ${reads}`),
      ...visit,
      item(`**Permissions:** ${permissions.map(permissionInWords).join('; ')}.`),
    ].join('\n'),
  ].join('\n\n');
}

function permissionInWords({ actions, on }: DiagnosticPermission): string {
  return `${actions.map(code).join(', ')} ${on === 'named' ? 'on what the policy names' : ON[on]}`;
}
