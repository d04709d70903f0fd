import { existsSync, readFileSync } from 'node:fs';
import type { monthlyCost } from '../lib/monthly-cost.ts';

type Template = Parameters<typeof monthlyCost>[0];

interface Assets {
  readonly files: Readonly<Record<string, { readonly source: { readonly path?: string } }>>;
}

/** A synthesized template with the resources of its nested stacks, each of which it names by the hash under which the CDK uploads it. */
export function synthesizedTemplate(file: string): Template {
  const manifest = file.replace(/\.template\.json$/, '.assets.json');
  const { files } = existsSync(manifest) ? (JSON.parse(readFileSync(manifest, 'utf8')) as Assets) : { files: {} };
  const nested = Object.entries(files).flatMap(
    ([
      hash,
      {
        source: { path },
      },
    ]) => (path?.endsWith('.nested.template.json') ? [[hash, `${file.slice(0, file.lastIndexOf('/') + 1)}${path}`] as const] : []),
  );
  const read = (from: string, within: string): Template => {
    const text = readFileSync(from, 'utf8');
    const { Resources = {} } = JSON.parse(text) as Template;
    const own = Object.entries(Resources).map(([id, resource]) => [`${within}${id}`, resource] as const);
    const below = nested.flatMap(([hash, path]) =>
      text.includes(`${hash}.json`) ? Object.entries(read(path, `${within}${hash}/`).Resources) : [],
    );
    return { Resources: Object.fromEntries([...own, ...below]) };
  };
  return read(file, '');
}
