import { Defect } from '../../core/failure.ts';
import type { DatabaseSessions } from '../../core/ports.ts';

/** In functions that stand outside of every database's network, and need none of the drivers. */
export const noDatabaseSessions: DatabaseSessions = {
  load: (database) => Promise.reject(unreachable(database)),
  stuck: (database) => Promise.reject(unreachable(database)),
  end: (database) => Promise.reject(unreachable(database)),
};

function unreachable(database: string): Defect {
  return new Defect(`this function cannot speak to database ${database}`, undefined);
}
