import { createHash } from 'node:crypto';
import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { shortenDurations } from './shortened-durations.ts';
import { supplyResources, type Template } from './supplied-template.ts';

/** What was changed in the copy of the product's cloud assembly, for the report. */
export interface AssemblyChanges {
  readonly folder: string;
  readonly stacks: readonly string[];
  /** Resources that the door keeps in place of the local AWS, by type. */
  readonly supplied: Readonly<Record<string, number>>;
  /** Shortened durations, by the unit they had. */
  readonly shortened: Readonly<Record<string, number>>;
}

export interface AssemblyOptions {
  /** The synthesized assembly; it is not touched. */
  readonly from: string;
  /** Where the copy goes; what lies there is replaced. */
  readonly to: string;
  /** By how much the durations of the policies are divided; 1 leaves them as they are. */
  readonly durationDivisor: number;
}

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
  const { template, ...changes } = adaptTemplate(original, options.durationDivisor);
  const text = JSON.stringify(template);
  await writeFile(file, text);
  const oldHash = /([0-9a-f]{64})\.json$/.exec(assetUrl ?? '')?.[1];
  if (oldHash !== undefined) await renameTemplateAsset(options.to, name, oldHash, createHash('sha256').update(text).digest('hex'));
  return changes;
}

export function adaptTemplate(original: Template, durationDivisor: number) {
  const { template: short, shortened } =
    durationDivisor === 1 ? { template: original, shortened: {} } : shortenDurations(original, durationDivisor);
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
