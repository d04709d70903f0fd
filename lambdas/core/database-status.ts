import type { Database, DatabaseCluster } from './ports.ts';
import type { SymptomReading } from './verification.ts';

type Described = Pick<Database, 'status'> | Pick<DatabaseCluster, 'status' | 'members' | 'follows'>;

/** Statuses in which RDS works on a database that serves. */
const SERVING = /^(available|backing-up|configuring-.*|storage-initialization|storage-optimization)$/;

/** Whether RDS finds the database in trouble. RDS calls a cluster available whatever its instances are, so that its writer counts, too. */
export function symptomOfDatabase(described: Described): SymptomReading {
  const why = `the database is ${described.status}`;
  if (!SERVING.test(described.status)) return { kind: 'present', why };
  const writer = 'members' in described ? described.members.find((member) => member.writer) : undefined;
  if (writer?.status === 'unknown') return { kind: 'unknown', why: `${why}, and RDS does not tell how its writer ${writer.id} is` };
  const trouble = 'members' in described ? troubleOf(described) : undefined;
  return trouble === undefined ? { kind: 'gone', why } : { kind: 'present', why: `${why}, but ${trouble}` };
}

/**
 * What is wrong with the instances of a cluster. A cluster without any is serverless or has only storage, which its own status speaks of.
 * One that follows another cluster has readers alone, each of which answers for it.
 */
function troubleOf({ members, follows }: Pick<DatabaseCluster, 'members' | 'follows'>): string | undefined {
  const writer = members.find((member) => member.writer);
  if (writer) return SERVING.test(writer.status) ? undefined : `its writer ${writer.id} is ${writer.status}`;
  if (members.length === 0 || (follows && members.some(({ status }) => SERVING.test(status)))) return undefined;
  return follows ? `none of its readers serves: ${members.map(({ id, status }) => `${id} is ${status}`).join(', ')}` : 'it has no writer';
}
