import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type App, Stack, Stage } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import type { Construct } from 'constructs';
import { defaultStack, unbundledApp } from './default-stack.ts';

/** An example's way into an app. */
type Place = (app: App) => void;

const folder = `${import.meta.dirname}/../../docs/examples`;
const files = globSync('*.ts', { cwd: folder });

/**
 * What a file of examples offers: its stages, or where it has none its stacks. A file that makes an app of its own is only the
 * beginning of another one, and one that others import is a part of them.
 *
 * @throws Error for a file that would be left out
 */
async function placesOf(file: string): Promise<readonly (readonly [string, Place])[]> {
  if (file.endsWith('-app.ts')) return [];
  const module = Object.entries((await import(join(folder, file))) as Readonly<Record<string, unknown>>);
  const stages = module.filter(([, value]) => isClassOf(value, Stage));
  const parts = stages.length > 0 ? stages : module.filter(([, value]) => isClassOf(value, Stack));
  if (parts.length === 0 && !files.some((other) => readFileSync(join(folder, other), 'utf8').includes(`from './${file}'`)))
    throw new Error(`docs/examples/${file} has neither a stage nor a stack, and no other example uses it: nobody would check it`);
  return parts.map(([name, part]) => [
    `${file}: ${name}`,
    (app: App) => new (part as new (scope: Construct, id: string) => Construct)(app, 'Example'),
  ]);
}

function isClassOf(value: unknown, parent: typeof Stack | typeof Stage): boolean {
  return typeof value === 'function' && value.prototype instanceof parent;
}

/** The default app and every example that the documentation has, each by its file and class. */
export const exampleApps: ReadonlyMap<string, Place> = new Map([
  ['the default app', (app: App) => void defaultStack(app)],
  ...(await Promise.all(files.map(placesOf))).flat(),
]);

const templates = new Map<string, readonly Template[]>();

/** The templates of all stacks of an example, also of nested ones and of those in its stages. */
export function templatesOf(example: string): readonly Template[] {
  const place = exampleApps.get(example);
  if (!place) throw new Error(`there is no example ${example}`);
  const known = templates.get(example);
  if (known) return known;
  const app = unbundledApp();
  place(app);
  const assembly = app.synth();
  const nested = globSync('**/*.nested.template.json', { cwd: assembly.directory });
  const made = [
    ...assembly.stacksRecursively.map(({ template }) => Template.fromJSON(template)),
    ...nested.map((file) => Template.fromJSON(JSON.parse(readFileSync(join(assembly.directory, file), 'utf8')))),
  ];
  templates.set(example, made);
  return made;
}
