import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';

/** Context by which the CDK leaves the functions' code alone; such an assembly cannot be deployed as it is. */
export const WITHOUT_CODE = { 'aws:cdk:bundling-stacks': [] };

interface Template {
  readonly Resources: Readonly<Record<string, { readonly Type: string; readonly Properties?: { Code?: { readonly S3Key?: string } } }>>;
}

interface Assets {
  files: Record<string, { readonly source: { readonly path: string; readonly packaging: string } }>;
}

export interface FunctionCodeOptions {
  /** Name of the stack in both assemblies. */
  readonly stack: string;
  /** An assembly that has the code, of the same sources and with every function that the other one has. */
  readonly from: string;
  /** The one that was synthesized without code; its functions get that of the functions with the same logical id. */
  readonly to: string;
}

/** Bundling takes most of the work of a synthesis, and the code is the same whatever the context. */
export async function takeFunctionCode({ stack, from, to }: FunctionCodeOptions): Promise<void> {
  const templateFile = join(to, `${stack}.template.json`);
  const assetsFile = join(to, `${stack}.assets.json`);
  const template = await readJson<Template>(templateFile);
  const assets = await readJson<Assets>(assetsFile);
  const given = await readJson<Template>(join(from, `${stack}.template.json`));
  const givenAssets = await readJson<Assets>(join(from, `${stack}.assets.json`));
  for (const [id, { Type, Properties }] of Object.entries(template.Resources)) {
    const absent = assetOf(Properties?.Code?.S3Key);
    if (Type !== 'AWS::Lambda::Function' || !Properties || absent === undefined) continue;
    const code = given.Resources[id]?.Properties?.Code;
    const asset = assetOf(code?.S3Key);
    const file = asset === undefined ? undefined : givenAssets.files[asset];
    if (code === undefined || asset === undefined || file === undefined) throw new Error(`${from} has no code for the function ${id}`);
    Properties.Code = code;
    if (absent !== asset) delete assets.files[absent];
    assets.files[asset] = { ...file, source: { ...file.source, path: resolve(from, file.source.path) } };
  }
  await writeFile(templateFile, JSON.stringify(template));
  await writeFile(assetsFile, JSON.stringify(assets));
}

/** Name of the asset behind an object key, as the list of assets has it. */
function assetOf(key: string | undefined): string | undefined {
  return key?.replace(/\.zip$/, '');
}

async function readJson<T>(file: string): Promise<T> {
  return JSON.parse(await readFile(file, 'utf8')) as T;
}
