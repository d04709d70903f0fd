import { pythonWithMiniStack } from '@self-healing/local-aws/ministack/python-environment.ts';
import { whatIsMissing } from '../../rehearsal/requirements.ts';

/**
 * Installs what the tests need before the first of them begins, where that is possible: nodes see the machine's own files, which had
 * better not change while they run. What is still missing each test file finds out for itself, and says so.
 */
export async function setup(): Promise<void> {
  await whatIsMissing((line) => console.log(line));
  await pythonWithMiniStack((line) => console.log(line));
  await Promise.all([import('./postgresql.ts'), import('./mariadb.ts'), import('./partition-tools.ts')]);
}
