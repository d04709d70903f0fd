import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import type { ChaosReport } from '../../rehearsal/chaos/chaos-report.ts';
import { programFolder, projectFolder } from '../../rehearsal/local-aws/work-folder.ts';

/** Alone on two cores a run takes less than a minute. */
const ENDS_WITHIN_MS = 400_000;

interface Run {
  readonly exitCode: number | null;
  readonly report: ChaosReport;
}

/** Runs what `npm run chaos` runs, as a process of its own. */
async function chaos(...parameters: readonly string[]): Promise<Run> {
  const child = spawn(join(programFolder, 'node'), ['rehearsal/chaos/start.ts', '--json', ...parameters], {
    cwd: projectFolder,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = new Promise<number | null>((resolve, reject) => child.on('error', reject).on('exit', resolve));
  const [printed, progress, exitCode] = await Promise.all([text(child.stdout), text(child.stderr), exited]);
  if (printed === '') throw new Error(`chaos printed no result; exit code ${exitCode}\n${progress}`);
  return { exitCode, report: JSON.parse(printed) as ChaosReport };
}

describe('chaos on the local AWS', () => {
  it(
    'finds no violation in what was really done, whatever was injected',
    async () => {
      const { exitCode, report } = await chaos('--minutes', '0.5', '--seed', '7');
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
    async () => {
      const { exitCode, report } = await chaos('--minutes', '0.5', '--seed', '7', '--break', 'record');
      expect(exitCode).toBe(1);
      expect(report.violations.map(({ law }) => law)).toContain('one-act-per-attempt');
      expect(report).toMatchObject({ seed: 7, broken: 'record' });
      expect(report.history.filter((line) => line.includes('ACT')).length).toBeGreaterThanOrEqual(2);
    },
    ENDS_WITHIN_MS,
  );
});
