import { createHash } from 'node:crypto';
import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { supplyResources, type Template } from './supplied-template.ts';

/** What was changed in the copy of the product's cloud assembly, for the report. */
export interface AssemblyChanges {
  readonly folder: string;
  readonly stacks: readonly string[];
  /** Resources that the gateway keeps in place of the local AWS, by type. */
  readonly supplied: Readonly<Record<string, number>>;
  /** Shortened durations, by the unit they had. */
  readonly shortened: Readonly<Record<string, number>>;
}

export interface AssemblyOptions {
  /** The synthesized assembly; it is not touched. */
  readonly from: string;
  /** Where the copy goes; what lies there is replaced. */
  readonly to: string;
  /** Shortens what would take too long, before the template is adapted. @default - templates keep their durations */
  readonly shorten?: Shorten;
}

/** Counts are by the duration's original unit. */
export type Shorten = (template: Template) => { readonly template: Template; readonly shortened: Readonly<Record<string, number>> };

const unshortened: Shorten = (template) => ({ template, shortened: {} });

interface Manifest {
  readonly artifacts: Readonly<
    Record<string, { type: string; properties?: { templateFile?: string; stackTemplateAssetObjectUrl?: string } }>
  >;
}

/** Copies a cloud assembly and makes the copy deployable into the local AWS. */
export async function adaptAssembly(options: AssemblyOptions): Promise<AssemblyChanges> {
  await rm(options.to, { recursive: true, force: true });
  await cp(options.from, options.to, { recursive: true });
  const manifest = JSON.parse(await readFile(join(options.to, 'manifest.json'), 'utf8')) as Manifest;
  const stacks = Object.entries(manifest.artifacts).filter(([, artifact]) => artifact.type === 'aws:cloudformation:stack');
  const supplied: Record<string, number> = {};
  const shortened: Record<string, number> = {};
  for (const [name, { properties }] of stacks) {
    const changes = await adaptStack(options, name, properties?.templateFile ?? '', properties?.stackTemplateAssetObjectUrl);
    addCounts(supplied, changes.supplied);
    addCounts(shortened, changes.shortened);
  }
  return { folder: options.to, stacks: stacks.map(([name]) => name), supplied, shortened };
}

async function adaptStack(options: AssemblyOptions, name: string, templateFile: string, assetUrl: string | undefined) {
  const file = join(options.to, templateFile);
  const original = JSON.parse(await readFile(file, 'utf8')) as Template;
  const { template, ...changes } = adaptTemplate(original, options.shorten);
  const text = JSON.stringify(template);
  await writeFile(file, text);
  const oldHash = /([0-9a-f]{64})\.json$/.exec(assetUrl ?? '')?.[1];
  if (oldHash !== undefined) await renameTemplateAsset(options.to, name, oldHash, createHash('sha256').update(text).digest('hex'));
  return changes;
}

export function adaptTemplate(original: Template, shorten = unshortened) {
  const { template: short, shortened } = shorten(original);
  const { template, supplied } = supplyResources(short);
  return { template, supplied, shortened };
}

/** Templates are uploaded under their hash, and an upload is skipped when the bucket has the key; a changed template needs a new one. */
async function renameTemplateAsset(folder: string, stack: string, oldHash: string, newHash: string): Promise<void> {
  for (const name of ['manifest.json', `${stack}.assets.json`]) {
    const file = join(folder, name);
    await writeFile(file, (await readFile(file, 'utf8')).replaceAll(oldHash, newHash));
  }
}

function addCounts(sum: Record<string, number>, counts: Readonly<Record<string, number>>): void {
  for (const [key, count] of Object.entries(counts)) sum[key] = (sum[key] ?? 0) + count;
}
