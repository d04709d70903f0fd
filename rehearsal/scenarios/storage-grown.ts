import { fixtures } from '../stage/fixtures.ts';
import type { Stage } from '../stage/stage.ts';
import { realDatabase, simulatedDatabase, theDatabase } from './database.ts';
import type { Scenario } from './scenario.ts';

const GIBIBYTE = 1_073_741_824;

/** A row takes one page of eight thousand bytes; with them less than four gibibytes of the record are free. */
const ROWS = 12_400;

/** Unlogged, since the log of the writing would take as much again; plain, since it would be compressed to nothing. */
const FILL = [
  'CREATE UNLOGGED TABLE archive (page text)',
  'ALTER TABLE archive ALTER page SET STORAGE PLAIN',
  `INSERT INTO archive SELECT repeat('x', 8000) FROM generate_series(1, ${ROWS})`,
] as const;

export const storageGrown: Scenario = {
  name: 'storage-grown',
  title: 'A table fills the storage of the database; the storage is grown',
  track: 'database',
  policy: 'Database-storage',
  expected: { outcome: 'recovered', reason: 'healed', acts: ['ModifyDBInstance orders 24'] },
  real: [
    ...realDatabase,
    'The table was written, the free space measured on the disk, and the disks of both machines grown while they were in use.',
  ],
  simulated: [...simulatedDatabase, 'A gibibyte of the record is 8 MB of the disk, which is memory.'],
  target: () => theDatabase,
  async breakIt(stage) {
    for (const statement of FILL) await stage.database.query(statement);
  },
  isBroken: async (stage) => (await freeGibibytes(stage)) < fixtures.database.freeBelowGibibytes,
  endsCured: true,
  tidyUp: async (stage) => void (await stage.database.query('DROP TABLE IF EXISTS archive')),
};

/** 0 while the engine does not answer. */
async function freeGibibytes(stage: Stage): Promise<number> {
  return ((await stage.database.measure())?.freeStorageBytes ?? 0) / GIBIBYTE;
}
