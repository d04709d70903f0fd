import { globSync } from 'node:fs';
import { join } from 'node:path';
import { type App, Stack, Stage } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import type { Construct } from 'constructs';
import { defaultStack, unbundledApp } from './default-stack.ts';

/** An example's way into an app. */
type Place = (app: App) => void;

const folder = `${import.meta.dirname}/../../docs/examples`;

/** What an examples' file offers: the classes of stacks and stages in it. A file that makes an app of its own is only its beginning. */
async function placesOf(file: string): Promise<readonly (readonly [string, Place])[]> {
  const module = (await import(join(folder, file))) as Readonly<Record<string, unknown>>;
  return Object.entries(module)
    .filter(([, value]) => isPart(value))
    .map(([name, part]) => [
      `${file}: ${name}`,
      (app: App) => new (part as new (scope: Construct, id: string) => Construct)(app, 'Example'),
    ]);
}

function isPart(value: unknown): boolean {
  return typeof value === 'function' && (value.prototype instanceof Stack || value.prototype instanceof Stage);
}

const files = globSync('*.ts', { cwd: folder }).filter((file) => !file.endsWith('-app.ts'));

/** The default app and every example that the documentation has, each by its file and class. */
export const exampleApps: ReadonlyMap<string, Place> = new Map([
  ['the default app', (app: App) => void defaultStack(app)],
  ...(await Promise.all(files.map(placesOf))).flat(),
]);

/** The templates of all stacks of an example, also of those in its stages. */
export function templatesOf(example: string): readonly Template[] {
  const place = exampleApps.get(example);
  if (!place) throw new Error(`there is no example ${example}`);
  const known = templates.get(example);
  if (known) return known;
  const app = unbundledApp();
  place(app);
  const made = stacksIn(app).map((stack) => Template.fromStack(stack));
  templates.set(example, made);
  return made;
}

const templates = new Map<string, readonly Template[]>();

function stacksIn(app: App): readonly Stack[] {
  return app.node.findAll().filter((construct): construct is Stack => construct instanceof Stack);
}
