import { spawn } from 'node:child_process';

/** What a program used until its end. */
export interface ProgramRun {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly seconds: number;
  /** Seconds of all cores; beside other programs the better figure. */
  readonly cpuSeconds: number;
  readonly peakMegabytes: number;
}

/** Prints at the end of a Node.js process what it used, as the last line of standard error. */
const USAGE = 'usage of the process: ';
const PRINT_USAGE = `data:text/javascript,process.on('exit',()=>{const{maxRSS,userCPUTime,systemCPUTime}=process.resourceUsage();console.error('${USAGE}'+JSON.stringify({maxRSS,cpu:userCPUTime+systemCPUTime}))})`;

/** Runs a Node.js program of this checkout and measures what it uses. It is ended with the signal. */
export async function runNode(
  argv: readonly string[],
  cwd: string,
  signal: AbortSignal,
  variables: Readonly<Record<string, string>> = {},
): Promise<ProgramRun> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, ['--import', PRINT_USAGE, ...argv], {
    cwd,
    signal,
    env: { ...process.env, JSII_DEPRECATED: 'quiet', ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text) => (stderr += text));
  const exitCode = await new Promise<number>((resolve, reject) => {
    child.on('error', reject).on('close', (code) => resolve(code ?? -1));
  });
  const seconds = (performance.now() - startedAt) / 1_000;
  const line = stderr.split('\n').findLast((each) => each.startsWith(USAGE)) ?? `${USAGE}{}`;
  const { maxRSS = Number.NaN, cpu = Number.NaN } = JSON.parse(line.slice(USAGE.length)) as { maxRSS?: number; cpu?: number };
  const said = stderr
    .split('\n')
    .filter((each) => !each.startsWith(USAGE))
    .join('\n');
  return { exitCode, stdout, stderr: said, seconds, cpuSeconds: cpu / 1e6, peakMegabytes: maxRSS / 1_024 };
}
