import { CannotDo } from './cannot-do.ts';

/**
 * The reason why somebody stops something, for whoever finds it stopped.
 *
 * @throws CannotDo for one that says nothing
 */
export function reasonOf(text: string, what: string, example: string): string {
  const words = text.trim();
  if (words === '') throw new CannotDo(`${what} needs a reason`, `say it in words: ${example}`);
  return words;
}
