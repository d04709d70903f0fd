import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { RecordedCall } from '@self-healing/local-aws/gateway/call-record.ts';
import { whyNoNodes } from '@self-healing/local-aws/testing/nodes.ts';
import { programFolder, workFolder } from '@self-healing/local-aws/work-folder.ts';
import { SOAK } from '@self-healing/simulation/random-input.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectFolder } from '../../rehearsal/project-folder.ts';
import type { RehearsalResult } from '../../rehearsal/report/scenario-result.ts';
import { scenarios } from '../../rehearsal/scenarios/registry.ts';
import type { Scenario } from '../../rehearsal/scenarios/scenario.ts';
import { isReadingCommand } from '../../rehearsal/stage/reading-command.ts';

/** Alone a half takes about three minutes on two cores; the rest is room for a busy machine, and for the second run. */
const ENDS_WITHIN_MS = 1_200_000;

/**
 * Two halves of about the same length, side by side on a stage each, since all scenarios one after the other take five minutes: a half
 * of the fleet's with what is played alone, and the other half beside the group's and the database's. A soak plays all on one stage.
 */
const fleets = scenarios.filter(({ track }) => track === 'fleet');
const isOfFirstHalf = (scenario: Scenario) =>
  scenario.track === 'alone' || fleets.slice(0, Math.ceil(fleets.length / 2)).includes(scenario);
const halves = SOAK > 1 ? [scenarios] : [scenarios.filter(isOfFirstHalf), scenarios.filter((scenario) => !isOfFirstHalf(scenario))];

interface Run {
  readonly outFolder: string;
  readonly pid: number;
  readonly exitCode: number | null;
  readonly result: RehearsalResult;
  readonly progress: string;
}

/** Runs what `npm start` runs, as a process of its own that writes into a folder of its own. */
async function rehearse(half: readonly Scenario[]): Promise<Run> {
  const outFolder = mkdtempSync(join(tmpdir(), 'rehearsal-out-'));
  const only = ['--only', ...half.map(({ name }) => name)];
  const child = spawn(join(programFolder, 'node'), ['rehearsal/start.ts', '--json', '--out', outFolder, ...only], {
    cwd: projectFolder,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = new Promise<number | null>((resolve, reject) => child.on('error', reject).on('exit', resolve));
  const [printed, progress, exitCode] = await Promise.all([text(child.stdout), text(child.stderr), exited]);
  if (printed === '') throw new Error(`the rehearsal printed no result; exit code ${exitCode}\n${progress}`);
  return { outFolder, pid: child.pid ?? 0, exitCode, result: JSON.parse(printed) as RehearsalResult, progress };
}

interface HalfPlayed {
  readonly run: Run;
  /** Of the run before, where there was one: what it did not miss. */
  readonly endedBefore: RehearsalResult['scenarios'];
}

/** A half, and what it missed once more: real machines under real load. What was missed is told, and must hold the second time. */
async function rehearseTwiceAtMost(half: readonly Scenario[]): Promise<HalfPlayed> {
  const run = await rehearse(half);
  if (run.exitCode === 0) return { run, endedBefore: [] };
  const missed = run.result.scenarios.filter(({ passed }) => !passed);
  const words = missed.length === 0 ? [run.progress] : missed.map(({ name, why }) => `${name}: ${why}`);
  console.log(`SECOND RUN of what did not end as it should in the first:\n${words.join('\n')}`);
  rmSync(run.outFolder, { recursive: true });
  const again = missed.length === 0 ? half : half.filter(({ name }) => missed.some((scenario) => scenario.name === name));
  const endedBefore = run.result.scenarios.filter(({ name }) => !again.some((scenario) => scenario.name === name));
  return { run: await rehearse(again), endedBefore };
}

function written({ outFolder }: Run, file: string): string {
  return readFileSync(join(outFolder, file), 'utf8');
}

/** Processes that name a node, or the local AWS, of the run. */
function processesOf(pid: number): readonly string[] {
  const marks = [join(workFolder, 'nodes', `${pid}-`), `rehearsal-${pid}-`];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(commandLine)
    .filter((line) => marks.some((mark) => line.includes(mark)));
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    // It ended while the list was read.
    return '';
  }
}

describe.skipIf(whyNoNodes !== '')(`the rehearsal, as npm start runs it${whyNoNodes}`, () => {
  let runs: readonly Run[] = [];
  let endedBefore: RehearsalResult['scenarios'] = [];
  const results = () => [...endedBefore, ...runs.flatMap(({ result }) => result.scenarios)];
  beforeAll(async () => {
    const ended = await Promise.allSettled(halves.map(rehearseTwiceAtMost));
    const played = ended.flatMap((half) => (half.status === 'fulfilled' ? [half.value] : []));
    runs = played.map(({ run }) => run);
    endedBefore = played.flatMap((half) => half.endedBefore);
    for (const half of ended) if (half.status === 'rejected') throw half.reason;
  }, ENDS_WITHIN_MS);
  afterAll(() => {
    for (const { outFolder } of runs) rmSync(outFolder, { recursive: true });
  });

  it.each(scenarios.map((scenario) => [scenario.name, scenario] as const))('%s ends as it should', (name, { expected, endsCured }) => {
    const simulated = results().find((scenario) => scenario.name === name);
    expect(simulated?.why).toBeUndefined();
    expect(simulated).toMatchObject({ passed: true, outcome: expected.outcome, reason: expected.reason });
    expect(simulated?.acts.map(({ call }) => call)).toEqual(expected.acts);
    expect(simulated?.messages).toHaveLength(1);
    if (endsCured) expect(simulated?.outcome).toBe('recovered');
  });

  it('ends with exit code 0', () => {
    expect(runs).toHaveLength(halves.length);
    for (const run of runs) expect(run).toMatchObject({ exitCode: 0, result: { exitCode: 0 } });
  });

  it('shows what it does while it works', () => {
    for (const { result, progress } of runs) for (const { name } of result.scenarios) expect(progress).toContain(name);
  });

  it('writes the same result that it prints', () => {
    for (const run of runs) expect(JSON.parse(written(run, 'result.json'))).toEqual(run.result);
  });

  it('names the time of each step, in order', () => {
    for (const { name, fault, alarm, firstAction, end } of results()) {
      const times = [fault, alarm, firstAction, end].filter((time) => time !== undefined);
      expect(times.toSorted(), name).toEqual(times);
      expect(times.length, name).toBeGreaterThanOrEqual(3);
    }
  });

  it('draws every scenario on a page that needs nothing from elsewhere', () => {
    for (const run of runs) {
      const page = written(run, 'report.html');
      for (const { name, title } of run.result.scenarios) expect(page.includes(name) || page.includes(title), name).toBe(true);
      expect(page).toContain('<svg');
      expect(page).not.toMatch(/(?:src|href)="https?:/);
    }
  });

  it('has every act of AWS in the record of calls', () => {
    for (const run of runs) {
      const calls = written(run, 'calls.jsonl')
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as RecordedCall);
      // Acts in a database are in its own log; those of AWS begin with the name of a call.
      const acts = run.result.scenarios.flatMap((scenario) => scenario.acts).filter(({ call }) => /^[A-Z]/.test(call));
      for (const { at, call } of acts) {
        expect(calls.filter(({ time, action, status }) => time === at && call.startsWith(action) && status === 200)).not.toEqual([]);
      }
      const commands = calls.filter(
        ({ action, parameters, status }) => action === 'SendCommand' && !isReadingCommand(action, parameters) && status === 200,
      );
      expect(commands).toHaveLength(acts.filter(({ call }) => call.startsWith('SendCommand')).length);
    }
  });

  it('leaves nothing mounted and nothing running', () => {
    const mounts = readFileSync('/proc/mounts', 'utf8').split('\n');
    for (const { pid } of runs) {
      expect(mounts.filter((line) => line.includes(join(workFolder, 'nodes', `${pid}-`)))).toEqual([]);
      expect(processesOf(pid)).toEqual([]);
      expect(readdirSync(workFolder).filter((file) => file.startsWith(`ministack-run-${pid}-`))).toEqual([]);
    }
  });
});
