import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DYNOXIDE_PACKAGE, dynoxide } from '@self-healing/local-aws/ministack/dynoxide.ts';
import { MINISTACK_VERSION } from '@self-healing/local-aws/ministack/python-environment.ts';
import { packageFolder } from '@self-healing/local-aws/work-folder.ts';

/** The versions on which a result depends. */
export function versions(): Record<string, string> {
  const installed = (name: string): string =>
    (JSON.parse(readFileSync(join(packageFolder(name), 'package.json'), 'utf8')) as { version: string }).version;
  return {
    node: process.version,
    ministack: MINISTACK_VERSION,
    ...(dynoxide && { dynoxide: installed(DYNOXIDE_PACKAGE) }),
    'aws-cdk': installed('aws-cdk'),
    'aws-cdk-lib': installed('aws-cdk-lib'),
  };
}
