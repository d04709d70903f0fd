import { GetParameterCommand, ParameterNotFound, SSMClient } from '@aws-sdk/client-ssm';
import { formerManifestName, type Manifest, manifestName, manifestPage, manifestPageSchema, manifestSchema } from '../../core/manifest.ts';
import { reading } from '../aws-call.ts';

/** What the pipeline's stack says of itself; undefined when there is no such pipeline in the account and Region. */
export async function readManifest(pipeline: string, client = new SSMClient({})): Promise<Manifest | undefined> {
  try {
    const manifest = (await manifestAt(manifestName(pipeline), client)) ?? (await manifestAt(formerManifestName(pipeline), client));
    return manifest && { ...manifest, policies: { ...manifest.policies, ...(await furtherPolicies(pipeline, manifest, client)) } };
  } catch (denied) {
    // The operators' policy of an earlier version knows only the former name.
    if (denied instanceof Error && denied.name === 'AccessDeniedException') {
      const former = await manifestAt(formerManifestName(pipeline), client).catch(() => undefined);
      if (former) return former;
    }
    return reading('read the manifest of the pipeline', () => Promise.reject(denied));
  }
}

/** What stands on the further pages of a manifest. */
async function furtherPolicies(pipeline: string, { pages = 1 }: Manifest, client: SSMClient): Promise<Manifest['policies']> {
  const found: Manifest['policies'] = {};
  for (let page = 2; page <= pages; page += 1) {
    const { Parameter } = await client.send(new GetParameterCommand({ Name: manifestPage(pipeline, page) }));
    Object.assign(found, manifestPageSchema.parse(JSON.parse(Parameter?.Value ?? '')).policies);
  }
  return found;
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
