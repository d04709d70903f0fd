import { execFileSync } from 'node:child_process';
import { cpus, loadavg, platform, release, totalmem } from 'node:os';

/** What a figure depends on beside the code. */
export interface MeasuredOn {
  readonly at: string;
  readonly commit: string;
  readonly node: string;
  readonly system: string;
  readonly cores: number;
  readonly processor: string;
  readonly memoryGigabytes: number;
  /** Of the last minute before: above the number of cores others were at work, and times say little. */
  readonly load: number;
}

export function measuredOn(): MeasuredOn {
  const processors = cpus();
  return {
    at: new Date().toISOString(),
    commit: commit(),
    node: process.version,
    system: `${platform()} ${release()}`,
    cores: processors.length,
    processor: processors[0]?.model ?? 'unknown',
    memoryGigabytes: Math.round(totalmem() / 2 ** 30),
    load: Number(loadavg()[0]?.toFixed(1)),
  };
}

/** With a plus behind it where the checkout has changes of its own. */
function commit(): string {
  const git = (...argv: string[]) => execFileSync('git', argv, { cwd: import.meta.dirname, encoding: 'utf8' }).trim();
  try {
    return `${git('rev-parse', '--short=12', 'HEAD')}${git('status', '--porcelain') === '' ? '' : '+'}`;
  } catch {
    return 'unknown';
  }
}
