import { findDatabasePrograms } from '@self-healing/local-aws/database/database-support.ts';
import { canRunNodes } from '@self-healing/local-aws/nodes/node-support.ts';
import { canMakeVolumes } from '@self-healing/local-aws/nodes/volume-support.ts';

/** What this machine lacks, and what the user can do about it. */
export interface Missing {
  readonly why: string;
  readonly next: string;
}

/** Looks for all that a rehearsal needs, and installs what is missing where that is possible; returns the first thing that is still missing. */
export async function whatIsMissing(say: (line: string) => void): Promise<Missing | undefined> {
  const nodes = await canRunNodes(say);
  if (!nodes.ok) return { why: `no managed node can be booted: ${nodes.why}`, next: nodes.next };
  const volumes = await canMakeVolumes(say);
  if (!volumes.ok) return { why: `no node can have a volume: ${volumes.why}`, next: volumes.next };
  const database = await findDatabasePrograms(say);
  return database.ok ? undefined : database;
}
