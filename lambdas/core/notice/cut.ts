/** As many UTF-16 units as are allowed, which is what `length` and JSON Schema count, and no half of a character at the end. */
export function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}
