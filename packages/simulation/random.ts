import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** Gives numbers from 0 to 1 (without 1), the same ones in the same order for one seed. */
export type Random = () => number;

/**
 * Random numbers that depend on nothing but the seed and on what they are drawn for. One event taken out of a story leaves what
 * befalls the others as it was, which keeps shrunk counterexamples small.
 */
export function randomFor(seed: number, what: string): Random {
  const generator = xoroshiro128plus(hash(what, seed));
  return () => uniformFloat64(generator);
}

/** FNV-1a with a final mix, so that neighbouring seeds and names give unlike numbers. */
function hash(text: string, seed: number): number {
  let value = 0x811c9dc5 ^ seed;
  for (let index = 0; index < text.length; index += 1) value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  value = Math.imul(value ^ (value >>> 16), 0x45d9f3b);
  return value ^ (value >>> 15);
}

/** A number between both, by one draw. */
export function between(random: Random, from: number, to: number): number {
  return from + random() * (to - from);
}

export function oneOf<T>(random: Random, choices: readonly T[]): T {
  const chosen = choices[Math.floor(random() * choices.length)];
  if (chosen === undefined) throw new RangeError('nothing to choose from');
  return chosen;
}
