/** The name that fewest typing errors lead to; capitals are none. */
export function nearest(typed: string, names: readonly string[]): string {
  const distances = names.map((name) => [name, distance(typed.toLowerCase(), name.toLowerCase())] as const);
  return distances.reduce((best, each) => (each[1] < best[1] ? each : best), ['', Number.POSITIVE_INFINITY] as const)[0];
}

/** Letters to be inserted, deleted or exchanged to make one word of another (Levenshtein). */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [line, letter] of [...from].entries()) {
    let [left, diagonal] = [line + 1, line];
    row = [left].concat(
      [...to].map((other, index) => {
        const above = row[index + 1] ?? 0;
        left = Math.min(left + 1, above + 1, diagonal + (letter === other ? 0 : 1));
        diagonal = above;
        return left;
      }),
    );
  }
  return row.at(-1) ?? 0;
}
