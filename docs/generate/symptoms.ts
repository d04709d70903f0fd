import type { RemedyRung } from '../../lib/remedy.ts';
import { databaseSymptoms, fleetSymptoms } from '../../lib/symptoms/registry.ts';
import type { SymptomProps } from '../../lib/symptoms/symptom.ts';
import { commentBefore, type Documented, interfaceOf, propertiesOf, sourceOf } from './doc-comments.ts';
import { code, item, page, wrapped } from './markdown.ts';

/** What the page says of a symptom, with the types of its own subject and props left aside. */
interface Said {
  readonly name: string;
  readonly sustainedFor?: { toMinutes(): number };
  seen(props: SymptomProps): string;
  ladder(subject: object, props: SymptomProps): readonly RemedyRung[];
}

/** The questions that the comment of each symptom answers. */
const ANSWERS = ['Reads', 'Threshold', 'Needs', 'Permissions', 'Proved by'] as const;

const SUBJECTS = {
  fleet: { symptoms: fleetSymptoms, sentence: 'protectFleet' },
  database: { symptoms: databaseSymptoms, sentence: 'protectDatabase' },
} as const;

const registrySource = () => sourceOf('lib/symptoms/registry.ts');

export function symptomsPage(): string {
  return page(
    'Symptoms',
    wrapped(
      'A symptom is watched if it is named in `protectFleet` or `protectDatabase`; `{}` takes its defaults. Each becomes a policy and an alarm `<pipeline>-<id>-<symptom>`. Alarms look every minute. How a symptom is read, and what a dead target has to do with it, is told in [Safety](../safety.md#what-is-read).',
    ),
    wrapped(
      '*Lasts* is how long the symptom must be there before the alarm goes off. *Permissions* are what it adds to those of the pipeline’s own functions. *Proved by* names files under `test/` and, as `scenarios/`, under `rehearsal/scenarios/`.',
    ),
    '## What every symptom takes',
    list(propertiesOf(interfaceOf(sourceOf('lib/symptoms/symptom.ts'), 'SymptomProps'))),
    ...Object.entries(SUBJECTS).flatMap(([of, { symptoms, sentence }]) => [
      `## Of a ${of}: \`${sentence}\``,
      ...Object.entries(symptoms as unknown as Record<string, Said>).map(([property, symptom]) => section(of, property, symptom)),
    ]),
  );
}

function section(of: string, property: string, symptom: Said): string {
  const { file, name } = placeOf(of, property);
  const source = sourceOf(`lib/symptoms/${file}`);
  const answers = answersOf(commentBefore(source, `export const ${name}\\b`));
  const own = propertiesOf(source);
  const ladder = symptom
    .ladder({}, { service: 'nginx' } as SymptomProps)
    .map(({ remediator }) => `[${remediator.name}](remedies.md#${remediator.name})`);
  return [
    `### ${property} of a ${of}`,
    wrapped(`${code(property)} is the symptom ${code(symptom.name)}. ${answers.intro}`),
    [
      ...answers.answers.map(([question, answer]) => item(`**${question}:** ${answer}`)),
      item(`**Lasts:** ${symptom.sustainedFor ? `${symptom.sustainedFor.toMinutes()} min` : '–, events tell of it'}.`),
      item(`**Default ladder:** ${ladder.join(', ')}.`),
    ].join('\n'),
    ...(own.length > 0 ? [list(own)] : []),
  ].join('\n\n');
}

/** In which file a symptom of the registry is, and what it is called there. */
function placeOf(of: string, property: string): { readonly file: string; readonly name: string } {
  const source = registrySource();
  const [, listed = ''] = source.split(`export const ${of}Symptoms = {`);
  const [, name = property] = new RegExp(`^ {2}${property}(?:: (\\w+))?,$`, 'm').exec(listed.split('} as const')[0] ?? '') ?? [];
  const [, file = ''] = new RegExp(`import \\{[^}]*\\b${name}\\b[^}]*\\} from '\\./([^']+)'`).exec(source) ?? [];
  return { file, name };
}

function answersOf(comment: string): { readonly intro: string; readonly answers: readonly (readonly [string, string])[] } {
  const parts = comment.replaceAll(/\s+/g, ' ').split(new RegExp(`\\b(${ANSWERS.join('|')}): `));
  return {
    intro: parts[0]?.trim() ?? '',
    answers: ANSWERS.map((question) => [question, parts[parts.indexOf(question) + 1]?.trim() ?? ''] as const),
  };
}

function list(properties: readonly Documented[]): string {
  return properties
    .map(({ name, text, default: standard, optional, alternative }) => {
      const fact = optional ? `default: ${standard ?? 'none'}` : alternative ? 'in one of its forms' : 'required';
      return item(`${code(name)} (${fact}): ${text}`);
    })
    .join('\n');
}
