import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { programFolder } from '@self-healing/local-aws/work-folder.ts';
import { SOAK } from '@self-healing/simulation/random-input.ts';
import { describe, it } from 'vitest';
import type { ChaosReport } from '../../rehearsal/chaos/chaos-report.ts';
import { projectFolder } from '../../rehearsal/project-folder.ts';

/** Alone on two cores a run takes a minute and a half; the rest is room for a busy machine. */
const ENDS_WITHIN_MS = 1_200_000 + 60_000 * SOAK;

/** How long trouble is made: in a soak minutes, which know more of it. */
const MINUTES = String(0.5 * SOAK);

interface Run {
  readonly exitCode: number | null;
  readonly report: ChaosReport;
}

/** Runs what `npm run chaos` runs, as a process of its own that writes into a folder of its own. */
async function chaos(...parameters: readonly string[]): Promise<Run> {
  const out = mkdtempSync(join(tmpdir(), 'chaos-'));
  const child = spawn(join(programFolder, 'node'), ['rehearsal/chaos/start.ts', '--json', '--out', out, ...parameters], {
    cwd: projectFolder,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = new Promise<number | null>((resolve, reject) => child.on('error', reject).on('exit', resolve));
  const [printed, progress, exitCode] = await Promise.all([text(child.stdout), text(child.stderr), exited]);
  rmSync(out, { recursive: true });
  if (printed === '') throw new Error(`chaos printed no result; exit code ${exitCode}\n${progress}`);
  return { exitCode, report: JSON.parse(printed) as ChaosReport };
}

/** Minutes of trouble are one after the other: two at once on two cores are slower than the bounds by which they are judged. */
const oneRunBesideTheOther = SOAK > 1 ? describe : describe.concurrent;

oneRunBesideTheOther('chaos on the local AWS', () => {
  it(
    'finds no violation in what was really done, whatever was injected',
    async ({ expect }) => {
      const { exitCode, report } = await chaos('--minutes', MINUTES, '--seed', '7');
      expect(report.violations).toEqual([]);
      expect(exitCode).toBe(0);
      // Nothing is proven by a run in which nothing happened.
      for (const kind of ['throttled', 'answered 5xx', 'delayed', 'event lost', 'event duplicated', 'dynamodb unavailable'])
        expect(report.injected).toHaveProperty(kind);
      expect(Object.keys(report.acts).join()).toContain('SendCommand');
      expect(Object.keys(report.incidents).join()).toContain('recovered');
    },
    ENDS_WITHIN_MS,
  );

  it(
    'finds the acts that are repeated when attempts are not really written down, with the seed and what led to them',
    async ({ expect }) => {
      const { exitCode, report } = await chaos('--minutes', MINUTES, '--seed', '7', '--break', 'record');
      expect(exitCode).toBe(1);
      expect(report.violations.map(({ invariant }) => invariant)).toContain('one-act-per-attempt');
      expect(report).toMatchObject({ seed: 7, broken: 'record' });
      expect(report.history.filter((line) => line.includes('ACT')).length).toBeGreaterThanOrEqual(2);
    },
    ENDS_WITHIN_MS,
  );
});
