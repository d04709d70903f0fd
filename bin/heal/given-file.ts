import { readFileSync } from 'node:fs';
import { messageOf } from '../../lambdas/core/failure.ts';
import { CannotDo } from './cannot-do.ts';

/**
 * The text of a file that somebody named.
 *
 * @throws CannotDo for one that cannot be read
 */
export function givenText(path: string, next: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new CannotDo(`the file ${path} cannot be read: ${messageOf(error)}`, next);
  }
}

/**
 * What a file that somebody named holds, as JSON.
 *
 * @throws CannotDo for one that cannot be read, or is none
 */
export function givenJson(path: string, next: string): unknown {
  const text = givenText(path, next);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new CannotDo(`the file ${path} is no JSON: ${messageOf(error)}`, next);
  }
}
