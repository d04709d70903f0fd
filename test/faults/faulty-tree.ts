import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Fault } from './fault.ts';
import { editsOf, timesFound } from './fault-list.ts';

const ROOT = join(import.meta.dirname, '../..');

/** What the local AWS was once installed into; it is not copied. */
const SHARED = 'packages/local-aws/.work';

/** The scope of the packages of this tree. What node_modules links to would be the one that is not broken. */
const OWN_SCOPE = '@self-healing';

/** A copy of the tree, as it is on this machine, that may be broken. */
export class FaultyTree {
  readonly folder = mkdtempSync(join(tmpdir(), 'faults-'));

  constructor() {
    const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '-z'], { cwd: ROOT, encoding: 'utf8' }).split('\0');
    for (const file of files.filter((name) => name !== '')) {
      mkdirSync(dirname(join(this.folder, file)), { recursive: true });
      cpSync(join(ROOT, file), join(this.folder, file));
    }
    mkdirSync(join(ROOT, SHARED), { recursive: true });
    symlinkSync(join(ROOT, SHARED), join(this.folder, SHARED));
    this.#linkPackages();
  }

  #linkPackages(): void {
    const modules = join(this.folder, 'node_modules');
    mkdirSync(join(modules, OWN_SCOPE), { recursive: true });
    for (const name of readdirSync(join(ROOT, 'node_modules')).filter((each) => each !== OWN_SCOPE))
      symlinkSync(join(ROOT, 'node_modules', name), join(modules, name));
    for (const name of readdirSync(join(this.folder, 'packages')))
      symlinkSync(join(this.folder, 'packages', name), join(modules, OWN_SCOPE, name));
  }

  /**
   * Does something while the fault is in the copy.
   *
   * @throws when its place is not there exactly once
   */
  async with<Answer>(fault: Fault, call: () => Promise<Answer>): Promise<Answer> {
    const before = new Map<string, string>();
    try {
      for (const edit of editsOf(fault)) {
        const path = join(this.folder, edit.file);
        const source = readFileSync(path, 'utf8');
        const times = timesFound(edit, source);
        if (times !== 1) throw new Error(`its place stands ${times} times in ${edit.file}`);
        if (!before.has(path)) before.set(path, source);
        writeFileSync(
          path,
          source.replace(edit.find, () => edit.replace),
        );
      }
      return await call();
    } finally {
      for (const [path, source] of before) writeFileSync(path, source);
    }
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
