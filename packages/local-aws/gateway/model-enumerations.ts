import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageFolder } from '../work-folder.ts';

/** Values of a member that is an enumeration, by shape and member; empty for members that are none. */
export type Enumerations = (shape: string, member: string) => readonly string[] | undefined;

const INTERFACE = /^export interface (\w+)[^{]*\{([\s\S]*?)^\}/gm;
/** `State?: InstanceStateName | undefined;`, also with a list of them. */
const MEMBER = /^ {4}(\w+)\??: \(?(\w+)(?: \| undefined)?\)?(?:\[\])?(?: \| undefined)?;$/gm;

/** AWS has new types of instances every month and answers with them, whatever the client knows. */
const NEVER_COMPLETE = new Set(['InstanceType', '_InstanceType']);

/**
 * Which members are enumerations, and their values. The client's schemas call such a member a string; that it is an enumeration stands
 * in its type declarations, and the values stand in its code.
 */
export function enumerationsOf(packageName: string, module: Readonly<Record<string, unknown>>): Enumerations {
  let read: ReadonlyMap<string, readonly string[]> | undefined;
  return (shape, member) => {
    read ??= readEnumerations(packageName, module);
    return read.get(`${shape}.${member}`);
  };
}

function readEnumerations(packageName: string, module: Readonly<Record<string, unknown>>): ReadonlyMap<string, readonly string[]> {
  const folder = join(packageFolder(packageName), 'dist-types', 'models');
  const found = new Map<string, readonly string[]>();
  for (const file of globSync('models_*.d.ts', { cwd: folder }))
    for (const [, shape, body = ''] of readFileSync(join(folder, file), 'utf8').matchAll(INTERFACE))
      for (const [, member, type = ''] of body.matchAll(MEMBER)) {
        const values = NEVER_COMPLETE.has(type) ? undefined : valuesOf(module[type]);
        if (values) found.set(`${shape}.${member}`, values);
      }
  if (found.size === 0)
    throw new Error(`${packageName} has no enumeration in ${folder}: its type declarations are written in another way.`);
  return found;
}

function valuesOf(value: unknown): readonly string[] | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const values = Object.values(value);
  return values.length > 0 && values.every((each) => typeof each === 'string') ? values : undefined;
}
