/** A part of `npm test`, which runs beside the others. */
export interface Job {
  readonly name: string;
  readonly command: readonly string[];
  /** Whether it boots nodes, which see the machine's own files, or installs a program itself. */
  readonly needsPrograms?: true;
  /**
   * How far it stands back where others want the same core: end-to-end tests, whose time is thirty times as fast, have it before what
   * meets real processes at their own pace, and that before what only calculates.
   */
  readonly niceness: number;
}

/** Kinds of tests that share a process, one after the other or side by side as `vitest.config.ts` has it. */
const tests = (...kinds: readonly string[]) => ({
  name: kinds.join(', '),
  command: ['vitest', 'run', ...kinds.flatMap((kind) => ['--project', kind])],
});

const check = (name: string) => ({ name, command: ['npm', 'run', '--silent', name], niceness: 0 });

/** All of them. What takes longest comes first. */
export const jobs: readonly Job[] = [
  { ...tests('e2e'), needsPrograms: true, niceness: 0 },
  { ...tests('contract'), needsPrograms: true, niceness: 3 },
  check('types'),
  check('lint'),
  check('layers'),
  { ...check('shellcheck'), needsPrograms: true },
  { ...tests('unit', 'property', 'infrastructure'), niceness: 5 },
];
