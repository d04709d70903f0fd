/**
 * How many characters a value may have that matches an anchored pattern from end to end; `Infinity` where nothing bounds it. Knows what the
 * patterns of documents are made of: classes, groups, alternatives, escaped characters and repeats.
 */
export function longestMatch(pattern: string): number {
  let rest = pattern.replace(/^\^/, '').replace(/\$$/, '');
  const take = (token: RegExp): string | undefined => {
    const [found] = token.exec(rest) ?? [];
    if (found !== undefined) rest = rest.slice(found.length);
    return found;
  };
  const one = (): number => {
    if (take(/^\((?:\?:)?/)) {
      const length = alternatives();
      if (!take(/^\)/)) throw new Error(`a group of ${pattern} does not end`);
      return length;
    }
    if (take(/^(?:\[(?:\\.|[^\]\\])+\]|\\.|[^()|[\]{}?*+\\])/)) return 1;
    throw new Error(`${rest} of ${pattern} is not known`);
  };
  const repeats = (): number => {
    const repeat = take(/^(?:[?*+]|\{\d+(?:,\d*)?\})/) ?? '';
    if (/^(?:[*+]|\{\d+,\})$/.test(repeat)) return Infinity;
    return Number(/(\d+)\}$/.exec(repeat)?.[1] ?? 1);
  };
  const sequence = (): number => {
    let length = 0;
    while (rest !== '' && !/^[|)]/.test(rest)) {
      const each = one();
      const times = repeats();
      length += each === 0 ? 0 : each * times;
    }
    return length;
  };
  const alternatives = (): number => {
    let longest = sequence();
    while (take(/^\|/)) longest = Math.max(longest, sequence());
    return longest;
  };
  const longest = alternatives();
  if (rest !== '') throw new Error(`${rest} of ${pattern} is not known`);
  return longest;
}
