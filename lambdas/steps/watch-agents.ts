import { createHash } from 'node:crypto';
import { type AgentVerdict, judgeAgents, type WatchedAgents } from '../core/agent-watch.ts';
import type { Instant } from '../core/duration.ts';
import type { AgentAssociations, AgentMetrics, AgentSeries, Instance, Instances } from '../core/ports.ts';

export interface AgentPorts {
  readonly associations: AgentAssociations;
  readonly series: AgentSeries;
  readonly instances: Pick<Instances, 'tagged' | 'describe'>;
  readonly metrics: AgentMetrics;
}

/** What one look at a fleet's agents found. */
export interface AgentReport extends AgentVerdict {
  readonly fleet: string;
  /** Instances whose last run failed. */
  readonly failed: number;
}

/** Looks whether the agents of a fleet send what they should, publishes what is wrong, and lets a changed configuration go on. */
export async function watchAgents(watched: WatchedAgents, ports: AgentPorts, now: Instant): Promise<AgentReport> {
  const { fleet, association, series, own, members } = watched;
  const { updatedAt, reach, failed } = await ports.associations.read(association);
  const there = await (members.kind === 'tagged'
    ? ports.instances.tagged(members.key, members.value)
    : ports.instances.describe(members.ids));
  const reporting: (readonly string[])[] = [];
  for (const { metric, names, fixed } of series) {
    const found: string[] = [];
    for (const value of own.values)
      found.push(...(await ports.series.reporting({ metric, names, fixed: { ...fixed, [own.name]: value } }, now)));
    reporting.push(found);
  }
  const running = there.filter(({ state }) => state === 'running');
  const state = { updatedAt, reach, members: running.map((instance) => memberOf(instance, reporting)) };
  const verdict = judgeAgents(state, now);
  if (verdict.reach !== undefined) await ports.associations.setReach(association, verdict.reach);
  ports.metrics.publish(fleet, { failed, silent: verdict.silent.length });
  return { fleet, failed, ...verdict };
}

function memberOf({ id, launchedAt }: Instance, reporting: readonly (readonly string[])[]) {
  return {
    id,
    place: placeOf(id),
    ...(launchedAt !== undefined && { launchedAt }),
    reports: reporting.every((found) => found.includes(id)),
  };
}

/** A machine's place among a hundred, as the script on it works it out: the second seven digits of the SHA-256 of its id. */
export function placeOf(instanceId: string): number {
  return Number.parseInt(createHash('sha256').update(instanceId).digest('hex').slice(7, 14), 16) % 100;
}
