import { execFileSync } from 'node:child_process';
import { cpSync, existsSync } from 'node:fs';
import { AssetHashType, DockerImage } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { bundleName, type FunctionEntry } from './function-entry.ts';

const root = `${import.meta.dirname}/..`;

/** In the package every function is bundled ahead, in a folder of its own. A checkout has no such folder, and bundles its sources. */
const bundlesAhead = `${root}/functions`;
const isBundledAhead = existsSync(bundlesAhead);

/** The code of a function: its bundle in the package, or a bundle made from the sources at synth, which needs esbuild. */
export function functionCode(entry: FunctionEntry): Code {
  const name = bundleName(entry);
  if (isBundledAhead) return Code.fromAsset(`${bundlesAhead}/${name}`);
  return Code.fromAsset(`${root}/lambdas`, {
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      local: {
        tryBundle(folder) {
          cpSync(`${bundledFromSource()}/${name}`, folder, { recursive: true });
          return true;
        },
      },
      // The CDK tells assets of one source folder apart by these two, which are never used.
      image: DockerImage.fromRegistry('none'),
      command: [name],
    },
  });
}

let bundled: string | undefined;

/** A folder with the bundles of all functions: together they take little longer than one. */
function bundledFromSource(): string {
  // A process of its own, since a synthesis cannot wait for the bundler, which works only side by side.
  bundled ??= execFileSync(process.execPath, [`${root}/bundling/start.ts`], { stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8' });
  return bundled;
}
