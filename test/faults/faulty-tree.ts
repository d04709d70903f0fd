import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Fault } from './fault.ts';
import { editsOf, timesFound } from './fault-list.ts';

const ROOT = join(import.meta.dirname, '../..');

/** What is not copied: packages, and what the local AWS was once installed into. */
const SHARED = ['node_modules', 'packages/local-aws/.work'];

/** A copy of the tree, as it is on this machine, that may be broken. */
export class FaultyTree {
  readonly folder = mkdtempSync(join(tmpdir(), 'faults-'));

  constructor() {
    const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '-z'], { cwd: ROOT, encoding: 'utf8' }).split('\0');
    for (const file of files.filter((name) => name !== '')) {
      mkdirSync(dirname(join(this.folder, file)), { recursive: true });
      cpSync(join(ROOT, file), join(this.folder, file));
    }
    for (const shared of SHARED) {
      mkdirSync(join(ROOT, shared), { recursive: true });
      symlinkSync(join(ROOT, shared), join(this.folder, shared));
    }
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
