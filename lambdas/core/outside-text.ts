import { redacted } from './redaction.ts';

/** Text of our own on one line, without control or invisible characters. */
export function oneLine(text: string): string {
  return text.replace(/[\p{C}\p{Zl}\p{Zp}\s]+/gu, ' ').trim();
}

/**
 * Text that somebody outside of the pipeline wrote, made fit for the history, a message and the input of a workflow: on one line,
 * without secrets, control or invisible characters, and no longer than `most` characters. A reason with line breaks in it could otherwise write
 * sentences of its own into a message, and one of a megabyte would be more than a workflow takes.
 *
 * @param names as of `redacted`
 */
export function outsideText(text: string, most: number, names: readonly string[] = []): string {
  // What is cut off is not looked at: the work stays the same however long the text is. On one line a name may stand before a value that
  // was on the next one.
  const line = redacted(oneLine(redacted(text.slice(0, most * 4), names)), names);
  const characters = [...line];
  if (characters.length <= most && text.length <= most * 4) return line;
  // Of the mark of a secret no part stays, which would look like a value.
  return `${characters
    .slice(0, most - 1)
    .join('')
    .replace(/\[(?:r|re|red|reda|redac|redact|redacte|redacted)?$/, '')}…`;
}
