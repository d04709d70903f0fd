import type { ProbeReport } from '../adapters/cloudwatch/metrics.ts';
import type { WellMemory } from '../adapters/ssm/probe-memory.ts';

/**
 * Publishes what a run found, and remembers what is well. What cannot be remembered fails the run after it was published: a probe that
 * forgets is not set up, and its alarm says so. Where it is not known whether it was ever well, nothing is published at all.
 */
export async function reportRun(
  name: string,
  found: Omit<ProbeReport, 'everWell'>,
  memory: WellMemory,
  publish: (name: string, report: ProbeReport) => void,
  now: Date,
): Promise<void> {
  if (found.fault !== undefined) {
    publish(name, { ...found, everWell: await memory.wasWell(name) });
    return;
  }
  publish(name, { ...found, everWell: true });
  await memory.remember(name, now);
}
