import type { Database, DatabaseCluster } from './ports.ts';
import type { SymptomReading } from './verification.ts';

type Described = Pick<Database, 'status'> | Pick<DatabaseCluster, 'status' | 'members' | 'follows'>;

/** Statuses in which RDS works on a database that serves. */
const SERVING = /^(available|backing-up|configuring-.*|storage-initialization|storage-optimization)$/;

/** Whether RDS finds the database in trouble. RDS calls a cluster available whatever its instances are, so that its writer counts, too. */
export function symptomOfDatabase(described: Described): SymptomReading {
  const why = `the database is ${described.status}`;
  if (!SERVING.test(described.status)) return { kind: 'present', why };
  const trouble = 'members' in described ? troubleOf(described) : undefined;
  if (trouble === undefined) return { kind: 'gone', why };
  return trouble.isKnown ? { kind: 'present', why: `${why}, but ${trouble.why}` } : { kind: 'unknown', why: `${why}, and ${trouble.why}` };
}

/**
 * What is wrong with the instances of a cluster, or cannot be told of them. A cluster without any is serverless or has only storage, which its own status speaks of.
 * One that follows another cluster has readers alone, each of which answers for it.
 */
function troubleOf({
  members,
  follows,
}: Pick<DatabaseCluster, 'members' | 'follows'>): { readonly isKnown: boolean; readonly why: string } | undefined {
  const writer = members.find((member) => member.writer);
  if (writer?.status === 'unknown') return { isKnown: false, why: `RDS does not tell how its writer ${writer.id} is` };
  if (writer) return SERVING.test(writer.status) ? undefined : { isKnown: true, why: `its writer ${writer.id} is ${writer.status}` };
  if (members.length === 0 || (follows && members.some(({ status }) => SERVING.test(status)))) return undefined;
  if (!follows) return { isKnown: true, why: 'it has no writer' };
  return { isKnown: true, why: `none of its readers serves: ${members.map(({ id, status }) => `${id} is ${status}`).join(', ')}` };
}
