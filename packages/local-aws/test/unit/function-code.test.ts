import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { takeFunctionCode } from '../../deployment/function-code.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'function-code-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const functionOf = (asset: string) => ({ Type: 'AWS::Lambda::Function', Properties: { Code: { S3Key: `${asset}.zip` }, Timeout: 60 } });
const fileAt = (path: string) => ({ source: { path, packaging: 'zip' } });

function assembly(name: string, resources: object, files: object): string {
  const place = mkdtempSync(join(folder, name));
  writeFileSync(join(place, 'Stack.template.json'), JSON.stringify({ Resources: resources }));
  writeFileSync(join(place, 'Stack.assets.json'), JSON.stringify({ files }));
  return place;
}

const read = (place: string, file: string) => JSON.parse(readFileSync(join(place, file), 'utf8'));

describe("an assembly without its functions' code", () => {
  const others = { Bucket: { Type: 'AWS::S3::Bucket' }, Inline: { Type: 'AWS::Lambda::Function', Properties: { Code: { ZipFile: '' } } } };

  it('gets it from another one by the functions’ logical ids, and keeps all else', async () => {
    const from = assembly('from', { One: functionOf('aa'), Two: functionOf('bb') }, { aa: fileAt('asset.aa'), bb: fileAt('asset.bb') });
    const to = assembly('to', { ...others, Two: functionOf('none') }, { none: fileAt('/source'), template: fileAt('t') });

    await takeFunctionCode({ stack: 'Stack', from, to });

    expect(read(to, 'Stack.template.json').Resources).toEqual({ ...others, Two: functionOf('bb') });
    expect(read(to, 'Stack.assets.json').files).toEqual({ bb: fileAt(join(from, 'asset.bb')), template: fileAt('t') });
  });

  it('is not deployed with a function that the other one does not have', async () => {
    const from = assembly('from', { One: functionOf('aa') }, { aa: fileAt('asset.aa') });
    const to = assembly('to', { Two: functionOf('none') }, { none: fileAt('/source') });

    await expect(takeFunctionCode({ stack: 'Stack', from, to })).rejects.toThrow('no code for the function Two');
  });
});
