import { readFileSync } from 'node:fs';
import { Token } from 'aws-cdk-lib';
import { whyNeverCleared, whyNeverClearedOnWindows } from './cleared-folders.ts';
import { PLAIN_PATH, PLAIN_PATH_IN_WORDS } from './plain-path.ts';

/** What the scripts refuse whatever the machine, so that it need not wait for an alarm at night to be refused. By remedy. */
const rules: Readonly<Record<string, (params: Readonly<Record<string, unknown>>) => readonly string[]>> = {
  'restart-service': ({ service }) => protectedService(service),
  'reconnect-sessions': ({ service, hook }) => [...protectedService(service), ...refused('hook', hook, whyNoHook)],
  'clear-caches': ({ paths, windowsPaths }) => [
    ...eachRefused('paths', paths, whyNeverCleared),
    ...eachRefused('windowsPaths', windowsPaths, whyNeverClearedOnWindows),
  ],
  'grow-file-system': ({ path }) => refused('path', path, whyNotPlain),
  'grow-volume': ({ path, look }) => (look === false ? [] : refused('path', path, whyNotPlain)),
};

/** Problems of a rung's parameters, each with its path and value, that its script would find on any node. */
export function refusedOnTheNode(remedy: string, params: Readonly<Record<string, unknown>>): readonly string[] {
  return rules[remedy]?.(params) ?? [];
}

function refused(place: string, value: unknown, why: (value: string) => string | undefined): readonly string[] {
  const problem = typeof value !== 'string' || Token.isUnresolved(value) ? undefined : why(value);
  return problem === undefined ? [] : [`${place}: ${JSON.stringify(value)} is not allowed: it ${problem}`];
}

function eachRefused(parameter: string, values: unknown, why: (value: string) => string | undefined): readonly string[] {
  return Array.isArray(values) ? values.flatMap((value, position) => refused(`${parameter}.${position}`, value, why)) : [];
}

function whyNotPlain(path: string): string | undefined {
  return PLAIN_PATH.test(path) ? undefined : PLAIN_PATH_IN_WORDS;
}

/** In these folders anybody could put another program in its place. */
function whyNoHook(path: string): string | undefined {
  return whyNotPlain(path) ?? (/^\/(?:tmp|var\/tmp|dev\/shm)\//.test(path) ? 'lies where others than root may write' : undefined);
}

function script(file: string): string {
  return readFileSync(`${import.meta.dirname}/documents/${file}`, 'utf8');
}

/** The scripts' own lists. Windows has no letter case in its names, but units of Linux that differ by it are others. */
const protectedUnits = listIn('parts/unit-reach.sh', /^protected_units='([^']*)'$/m).split(/\s+/);
const protectedOnWindows = [...listIn('restart-service.ps1', /^\$protected = @\(([^)]*)\)$/m).matchAll(/'([^']+)'/g)].map(
  ([, name = '']) => name,
);

function listIn(file: string, pattern: RegExp): string {
  const [, list] = pattern.exec(script(file)) ?? [];
  if (list === undefined) throw new Error(`${file} has no list of protected services`);
  return list.trim();
}

function protectedService(service: unknown): readonly string[] {
  if (typeof service !== 'string' || Token.isUnresolved(service)) return [];
  const unit = `${service.replace(/\.service$/, '')}.service`;
  const isProtected = protectedUnits.some((pattern) => matches(pattern, unit)) || protectedOnWindows.some((name) => matches(name, service));
  return isProtected
    ? [
        `service: ${JSON.stringify(service)} is not allowed: restarting it can cut off or take down the machine, so that it is refused on every node`,
      ]
    : [];
}

/** Patterns have no more than `*`, in both lists. */
function matches(pattern: string, name: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  if (rest.length === 0) return name === pattern;
  const last = rest.pop() ?? '';
  if (name.length < first.length + last.length || !name.startsWith(first) || !name.endsWith(last)) return false;
  let at = first.length;
  for (const part of rest) {
    const found = name.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return at <= name.length - last.length;
}
