import { after, type Instant, iso } from '../core/duration.ts';
import type { Section } from '../core/notice/section.ts';
import type { Database, DatabaseCluster } from '../core/ports.ts';
import { isDatabase, isOfDatabase } from './database-target.ts';
import type { Diagnostic, DiagnosticPorts } from './diagnostic.ts';

/** Events that are told; the newest come first. */
const MOST_TOLD = 8;

/**
 * What RDS says of a database.
 *
 * Tells: its status and that of a cluster's members, changes that wait for the maintenance window or a reboot, and the events of the last
 * day, the newest first.
 * Reads: `rds:DescribeDBInstances`, `rds:DescribeDBClusters`, `rds:DescribeEvents`.
 */
export const diagnostic: Diagnostic = {
  name: 'database-status',
  appliesTo: isOfDatabase,
  permissions: [{ actions: ['rds:DescribeDBInstances', 'rds:DescribeDBClusters', 'rds:DescribeEvents'], on: 'any' }],
  async gather({ incident: { target }, now }, ports) {
    if (!isDatabase(target)) return [];
    const [status, events] = await Promise.all([
      target.kind === 'database' ? statusOf(target.id, ports) : statusOfCluster(target.id, ports),
      eventsOf(target.kind === 'database' ? ports.databases : ports.clusters, target.id, now),
    ]);
    return [status, events];
  },
};

async function statusOf(id: string, { databases }: DiagnosticPorts): Promise<Section> {
  const database = await databases.describe(id);
  return { title: 'Database', lines: database ? linesOf(database) : ['RDS does not know it'] };
}

function linesOf({ status, engine, multiAz, zone, allocatedGibibytes, queued = [], awaitingReboot = [] }: Database): readonly string[] {
  return [
    [
      status,
      engine,
      ...(zone === undefined ? [] : [zone]),
      multiAz ? 'with a standby' : 'without a standby',
      `${allocatedGibibytes} GiB`,
    ].join(', '),
    ...(queued.length > 0 ? [`waiting for the maintenance window: ${queued.join(', ')}`] : []),
    ...(awaitingReboot.length > 0 ? [`parameters wait for a reboot: ${awaitingReboot.join(', ')}`] : []),
  ];
}

async function statusOfCluster(id: string, { clusters }: DiagnosticPorts): Promise<Section> {
  const cluster = await clusters.describe(id);
  return { title: 'Database cluster', lines: cluster ? linesOfCluster(cluster) : ['RDS does not know it'] };
}

function linesOfCluster({ status, engine, members }: DatabaseCluster): readonly string[] {
  const member = ({ id, writer, status: its, awaitingReboot = [] }: DatabaseCluster['members'][number]) =>
    `${writer ? 'writer' : 'reader'} ${id}: ${its}${awaitingReboot.length > 0 ? `, parameters wait for a reboot: ${awaitingReboot.join(', ')}` : ''}`;
  return [`${status}, ${engine}`, ...members.map(member)];
}

async function eventsOf({ events }: Pick<DiagnosticPorts['databases'], 'events'>, id: string, now: Instant): Promise<Section> {
  const found = await events(id, after(now, { days: -1 }));
  const lines = found
    .toSorted((left, right) => right.at - left.at)
    .slice(0, MOST_TOLD)
    .map(({ at, text }) => `${iso(at)} ${text}`);
  return { title: 'RDS events of the last day', lines: lines.length > 0 ? lines : ['none'] };
}
