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
 * All of them, in the order in which they have the machine: what is in one list runs side by side. End-to-end tests, whose time is thirty
 * times as fast, leave little of two cores; beside them is only what does not mind to wait. Contract tests leave as little, but bear company
 * that stands back behind them.
 */
export const jobs: readonly (readonly Job[])[] = [
  [
    { ...tests('e2e'), needsPrograms: true, niceness: 0 },
    check('types'),
    check('lint'),
    check('layers'),
    { ...check('shellcheck'), needsPrograms: true },
  ],
  [
    { ...tests('contract'), needsPrograms: true, niceness: 0 },
    { ...tests('unit', 'property', 'infrastructure'), niceness: 5 },
  ],
];
