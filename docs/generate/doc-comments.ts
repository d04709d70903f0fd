import { readFileSync } from 'node:fs';

/** What a comment says of something: its words, and its `@default`. */
export interface Documented {
  readonly name: string;
  readonly text: string;
  readonly default?: string;
  readonly type?: string;
  readonly optional: boolean;
  /** Of one form among several, which exclude each other. */
  readonly alternative: boolean;
}

export function sourceOf(path: string): string {
  return readFileSync(`${import.meta.dirname}/../../${path}`, 'utf8');
}

/** The words of a comment, without its stars. */
export function wordsOf(comment: string): string {
  return comment
    .replace(/^\s*\/\*\*|\*\/\s*$/g, '')
    .split('\n')
    .map((line) => line.replace(/^\s*\* ?/, ''))
    .join('\n')
    .trim();
}

const COMMENT = String.raw`(\/\*\*(?:(?!\*\/)[\s\S])*\*\/)\s*`;

/** The comment in front of what the pattern finds. */
export function commentBefore(source: string, pattern: string): string {
  const found = new RegExp(COMMENT + pattern, 'm').exec(source);
  return found ? wordsOf(found[1] ?? '') : '';
}

/** The optional and required properties of all interfaces in a piece of source, with their comments. */
export function propertiesOf(source: string): readonly Documented[] {
  const found = source.matchAll(new RegExp(`( *)${COMMENT}readonly (\\w+)(\\??): ([^;]+);`, 'g'));
  return [...found].map(([, indent = '', comment = '', name = '', optional, type = '']) => ({
    name,
    ...textAndDefault(wordsOf(comment)),
    type,
    optional: optional === '?',
    alternative: indent.length > 2,
  }));
}

/** The comments in front of keys of object literals, in their order. */
export function keysOf(source: string): readonly { readonly name: string; readonly words: string }[] {
  return [...source.matchAll(new RegExp(`(?:${COMMENT})?^\\s*(\\w+):`, 'gm'))].map(([, comment, name = '']) => ({
    name,
    words: comment === undefined ? '' : wordsOf(comment),
  }));
}

export function textAndDefault(words: string): { readonly text: string; readonly default?: string } {
  const [text = '', standard] = words.replaceAll(/\s+/g, ' ').split(/@default(?: -)? /);
  return { text: text.trim(), ...(standard !== undefined && { default: standard.trim() }) };
}

/** The interface of that name, from its first line to its last. */
export function interfaceOf(source: string, name: string): string {
  const [, body = ''] = new RegExp(`^(?:export )?interface ${name}\\b([\\s\\S]*?)^\\}`, 'm').exec(source) ?? [];
  return body;
}
