import { GetParameterCommand, ParameterNotFound, SSMClient } from '@aws-sdk/client-ssm';
import { formerManifestName, type Manifest, manifestName, manifestSchema } from '../../core/manifest.ts';
import { reading } from '../aws-call.ts';

/** What the pipeline's stack says of itself; undefined when there is no such pipeline in the account and Region. */
export async function readManifest(pipeline: string, client = new SSMClient({})): Promise<Manifest | undefined> {
  try {
    return (await manifestAt(manifestName(pipeline), client)) ?? (await manifestAt(formerManifestName(pipeline), client));
  } catch (denied) {
    // The operators' policy of an earlier version knows only the former name.
    if (denied instanceof Error && denied.name === 'AccessDeniedException') {
      const former = await manifestAt(formerManifestName(pipeline), client).catch(() => undefined);
      if (former) return former;
    }
    return reading('read the manifest of the pipeline', () => Promise.reject(denied));
  }
}

async function manifestAt(Name: string, client: SSMClient): Promise<Manifest | undefined> {
  try {
    const { Parameter } = await client.send(new GetParameterCommand({ Name }));
    return manifestSchema.parse(JSON.parse(Parameter?.Value ?? ''));
  } catch (error) {
    if (error instanceof ParameterNotFound) return undefined;
    throw error;
  }
}
