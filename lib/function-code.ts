import { existsSync } from 'node:fs';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { LogLevel, type NodejsFunctionProps, OutputFormat, SourceMapMode } from 'aws-cdk-lib/aws-lambda-nodejs';

/** What a function's code is made from. */
export interface FunctionEntry {
  /** The entry's file name under `lambdas/handlers`, without `.ts`. */
  readonly handler: string;
  /** The remediator's file name that the bundle gets as `#remediator`. @default - none */
  readonly remediator?: string;
}

const root = `${import.meta.dirname}/..`;

/** In the package every function is bundled ahead, in a folder of its own. A checkout has no such folder, and bundles its sources. */
const bundlesAhead = `${root}/functions`;
const isBundledAhead = existsSync(bundlesAhead);

/** The folder of a function's bundle in the package. */
export function bundleName({ handler, remediator }: FunctionEntry): string {
  return remediator === undefined ? handler : `${handler}-${remediator}`;
}

/** The code of a function: its bundle in the package, or a bundle made from the sources at synth, which needs esbuild. */
export function functionCode(entry: FunctionEntry): Partial<NodejsFunctionProps> {
  return isBundledAhead
    ? { code: Code.fromAsset(`${bundlesAhead}/${bundleName(entry)}`), handler: 'index.handler' }
    : bundledFromSource(entry);
}

function bundledFromSource({ handler, remediator }: FunctionEntry): Partial<NodejsFunctionProps> {
  return {
    entry: `${root}/lambdas/handlers/${handler}.ts`,
    projectRoot: root,
    depsLockFilePath: `${root}/package-lock.json`,
    bundling: {
      minify: true,
      sourceMap: true,
      sourceMapMode: SourceMapMode.DEFAULT,
      sourcesContent: false,
      target: 'node24',
      logLevel: LogLevel.WARNING,
      format: OutputFormat.CJS,
      // Packages' ES modules first: only those lose what is not used.
      mainFields: ['module', 'main'],
      bundleAwsSDK: true,
      ...(remediator && { esbuildArgs: { '--alias:#remediator': `./lambdas/remediators/${remediator}.ts` } }),
    },
  };
}
