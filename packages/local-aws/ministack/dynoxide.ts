import { findPackageJSON } from 'node:module';
import { dirname, join } from 'node:path';

export const DYNOXIDE_PACKAGE = `@dynoxide/${process.platform}-${process.arch}`;

/** The program that keeps the items of tables; undefined where npm has installed none, since there is none for this processor. */
export const dynoxide = programOf(DYNOXIDE_PACKAGE);

export const WITHOUT_DYNOXIDE = `${DYNOXIDE_PACKAGE} is not installed: MiniStack keeps the items of tables itself, and refuses less than DynamoDB does.`;

function programOf(wanted: string): string | undefined {
  try {
    const file = findPackageJSON(wanted, import.meta.url);
    return file && join(dirname(file), 'dynoxide');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND') return undefined;
    throw error;
  }
}
