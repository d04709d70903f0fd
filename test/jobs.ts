/** A part of `npm test`. */
export interface Job {
  readonly name: string;
  readonly command: readonly string[];
  /** Whether it boots nodes, which see the machine's own files, or installs a program itself. */
  readonly needsPrograms?: true;
  /** How far it stands back where others want the same core, from 0 to 19. What is judged by the clock stands back behind nobody. */
  readonly niceness: number;
}

/** Kinds of tests that share a process, one after the other or side by side as `vitest.config.ts` has it. */
const tests = (...kinds: readonly string[]) => ({
  name: kinds.join(', '),
  command: ['vitest', 'run', ...kinds.flatMap((kind) => ['--project', kind])],
});

const check = (name: string) => ({ name, command: ['npm', 'run', '--silent', name], niceness: 19 });

/**
 * All of them, as two tracks side by side; on each one job follows the other. End-to-end tests, whose time is thirty times as fast, and
 * contract tests have the machine, and what only calculates has what these leave of it.
 */
export const tracks: readonly (readonly Job[])[] = [
  [
    { ...tests('e2e'), needsPrograms: true, niceness: 0 },
    { ...tests('contract'), needsPrograms: true, niceness: 0 },
  ],
  [
    ...['types', 'lint', 'layers'].map(check),
    { ...check('shellcheck'), needsPrograms: true },
    { ...tests('unit', 'property', 'infrastructure'), niceness: 19 },
  ],
];
