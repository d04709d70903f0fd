import { AwsError, type Parameters, type Service, type SuppliedResource, type Upstream } from './service.ts';

/** What the custom resource's function posts to the gateway: the event of CloudFormation, as far as it is needed. */
export interface ResourceRequest {
  readonly RequestType: 'Create' | 'Update' | 'Delete';
  readonly StackId: string;
  readonly LogicalResourceId: string;
  readonly PhysicalResourceId?: string;
  readonly ResourceProperties: Parameters;
}

export interface ResourceAnswer {
  readonly physicalId: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** Name of the property in which the assembly notes where the template had numbers and booleans. */
export const NON_STRINGS = 'NonStringPaths';

/** Hands the creation, update or deletion of one resource to the service that keeps its type. */
export async function serveResource(request: ResourceRequest, services: readonly Service[], upstream: Upstream): Promise<ResourceAnswer> {
  const { ServiceToken: _, ResourceType, [NON_STRINGS]: paths, ...rest } = request.ResourceProperties;
  const resource = keeperOf(String(ResourceType), services);
  const properties = restoreTypes(rest, JSON.parse(String(paths ?? '[]')) as string[][]);
  const identity = { stackName: request.StackId.split('/')[1] ?? request.StackId, logicalId: request.LogicalResourceId };
  const physicalId = request.PhysicalResourceId ?? '';
  switch (request.RequestType) {
    case 'Create':
      return resource.create(properties, identity, upstream);
    case 'Update':
      return resource.update(physicalId, properties, identity, upstream);
    case 'Delete':
      await resource.delete(physicalId, upstream);
      return { physicalId, attributes: {} };
    default:
      throw new AwsError('ValidationError', `Unknown request type ${String(request.RequestType)}.`);
  }
}

function keeperOf(type: string, services: readonly Service[]): SuppliedResource {
  const found = services.map((each) => each.resources?.[type]).find((each) => each !== undefined);
  if (found === undefined) throw new AwsError('ValidationError', `No service keeps resources of type ${type}.`);
  return found;
}

/** CloudFormation hands every number and boolean to a custom resource as a string; the noted paths are turned back. */
export function restoreTypes(properties: Parameters, paths: readonly (readonly string[])[]): Parameters {
  const restored = structuredClone(properties) as Record<string, unknown>;
  for (const path of paths) {
    const parent = path.slice(0, -1).reduce<unknown>((node, step) => (node as Record<string, unknown> | undefined)?.[step], restored);
    const leaf = path.at(-1);
    if (leaf === undefined || typeof parent !== 'object' || parent === null) continue;
    const node = parent as Record<string, unknown>;
    if (typeof node[leaf] === 'string') node[leaf] = fromText(node[leaf]);
  }
  return restored;
}

const fromText = (text: string): unknown => (text === 'true' ? true : text === 'false' ? false : Number(text));
