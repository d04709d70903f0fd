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
    Record<
      string,
      {
        type: string;
        additionalMetadataFile?: string;
        properties?: { templateFile?: string; stackTemplateAssetObjectUrl?: string };
      }
    >
  >;
}

interface AssetManifest {
  readonly files: Readonly<Record<string, { readonly source: { readonly path?: string } }>>;
}

/** Copies a cloud assembly and makes the copy deployable into the local AWS. */
export async function adaptAssembly(options: AssemblyOptions): Promise<AssemblyChanges> {
  await rm(options.to, { recursive: true, force: true });
  await cp(options.from, options.to, { recursive: true });
  const manifest = JSON.parse(await readFile(join(options.to, 'manifest.json'), 'utf8')) as Manifest;
  const stacks = Object.entries(manifest.artifacts).filter(([, artifact]) => artifact.type === 'aws:cloudformation:stack');
  const supplied: Record<string, number> = {};
  const shortened: Record<string, number> = {};
  for (const [name, { properties, additionalMetadataFile }] of stacks) {
    if (additionalMetadataFile !== undefined) await keepMessages(join(options.to, additionalMetadataFile));
    const changes = await adaptStack(options, name, properties?.templateFile ?? '', properties?.stackTemplateAssetObjectUrl);
    addCounts(supplied, changes.supplied);
    addCounts(shortened, changes.shortened);
  }
  return { folder: options.to, stacks: stacks.map(([name]) => name), supplied, shortened };
}

/** What the CDK notes about a construct. */
interface Note {
  readonly type: string;
}

const MESSAGES: readonly string[] = ['aws:cdk:info', 'aws:cdk:warning', 'aws:cdk:error'];

/**
 * Keeps of what the CDK notes about constructs only what the CDK CLI says or refuses to deploy. It reads all of it once more for every event
 * of every resource, a quarter of a deployment's processor time, only to name a resource by its path instead of its logical id.
 */
async function keepMessages(file: string): Promise<void> {
  const notes = JSON.parse(await readFile(file, 'utf8')) as Readonly<Record<string, readonly Note[]>>;
  const kept = Object.entries(notes).flatMap(([path, all]) => {
    const messages = all.filter(({ type }) => MESSAGES.includes(type));
    return messages.length > 0 ? [[path, messages] as const] : [];
  });
  await writeFile(file, JSON.stringify(Object.fromEntries(kept)));
}

/** Nested stacks come first: the template of whoever has them names each by the hash of its template. */
async function adaptStack(options: AssemblyOptions, name: string, templateFile: string, assetUrl: string | undefined) {
  const nested = await nestedTemplates(options.to, name);
  const newHashes = new Map<string, string>();
  const supplied: Record<string, number> = {};
  const shortened: Record<string, number> = {};

  async function adaptFile(file: string): Promise<string> {
    let text = await readFile(join(options.to, file), 'utf8');
    for (const [hash, path] of nested) {
      if (!text.includes(`${hash}.json`)) continue;
      if (!newHashes.has(hash)) newHashes.set(hash, await adaptFile(path));
      text = text.replaceAll(hash, newHashes.get(hash) ?? hash);
    }
    const { template, ...changes } = adaptTemplate(JSON.parse(text) as Template, options.shorten);
    addCounts(supplied, changes.supplied);
    addCounts(shortened, changes.shortened);
    const adapted = JSON.stringify(template);
    await writeFile(join(options.to, file), adapted);
    return createHash('sha256').update(adapted).digest('hex');
  }

  const newHash = await adaptFile(templateFile);
  const oldHash = /([0-9a-f]{64})\.json$/.exec(assetUrl ?? '')?.[1];
  if (oldHash !== undefined) newHashes.set(oldHash, newHash);
  await renameTemplateAssets(options.to, name, newHashes);
  return { supplied, shortened };
}

/** The templates of nested stacks, of any depth, by the hashes under which they are uploaded. */
async function nestedTemplates(folder: string, stack: string): Promise<readonly (readonly [hash: string, path: string])[]> {
  const { files } = JSON.parse(await readFile(join(folder, `${stack}.assets.json`), 'utf8')) as AssetManifest;
  return Object.entries(files).flatMap(([hash, { source }]) =>
    source.path?.endsWith('.nested.template.json') ? [[hash, source.path] as const] : [],
  );
}

export function adaptTemplate(original: Template, shorten = unshortened) {
  const { template: short, shortened } = shorten(original);
  const { template, supplied } = supplyResources(short);
  return { template, supplied, shortened };
}

/** Templates are uploaded under their hashes, and an upload is skipped when the bucket has the key; a changed template needs a new one. */
async function renameTemplateAssets(folder: string, stack: string, newHashes: ReadonlyMap<string, string>): Promise<void> {
  for (const name of ['manifest.json', `${stack}.assets.json`]) {
    const file = join(folder, name);
    let text = await readFile(file, 'utf8');
    for (const [oldHash, newHash] of newHashes) text = text.replaceAll(oldHash, newHash);
    await writeFile(file, text);
  }
}

function addCounts(sum: Record<string, number>, counts: Readonly<Record<string, number>>): void {
  for (const [key, count] of Object.entries(counts)) sum[key] = (sum[key] ?? 0) + count;
}
