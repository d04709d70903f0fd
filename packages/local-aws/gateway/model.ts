import { NormalizedSchema } from '@smithy/core/schema';
import { type Enumerations, enumerationsOf } from './model-enumerations.ts';

/**
 * The model of one service as the installed SDK client carries it: shapes, names on the wire, error codes. The gateway decodes and
 * encodes calls by it, so a service never sees a wire protocol.
 */
export interface ServiceModel {
  readonly namespace: string;
  readonly xmlNamespace: string;
  operation(action: string): Operation | undefined;
  /** Finds an error shape by its own name or by its code in the query protocol; `DBInstanceNotFoundFault` and `DBInstanceNotFound` are one. */
  error(code: string): ErrorShape | undefined;
  /** The values that a member of a shape may have, where it is an enumeration. */
  readonly enumeration: Enumerations;
  call(endpoint: string, action: string, parameters: Readonly<Record<string, unknown>>): Promise<Record<string, unknown>>;
}

export type Schema = NormalizedSchema;

export interface Operation {
  readonly input: Schema;
  readonly output: Schema;
}

export interface ErrorShape {
  readonly name: string;
  readonly queryCode: string;
  readonly status: number;
}

interface SdkClient {
  readonly config: unknown;
  send(command: never): Promise<Record<string, unknown>>;
}
type SdkModule = Readonly<Record<string, unknown>>;
type ClientClass = new (config: Record<string, unknown>) => SdkClient;
type CommandClass = new (input: Readonly<Record<string, unknown>>) => never;

/** Static schemas are arrays that begin with a type number; these are the two that are needed here. */
const ERROR_SCHEMA = -3;
const OPERATION_SCHEMA = 9;

interface Loader {
  readonly client: string;
  readonly package: string;
  load(): Promise<unknown>;
}

const loaders: Readonly<Record<string, Loader>> = {
  autoscaling: { client: 'AutoScalingClient', package: '@aws-sdk/client-auto-scaling', load: () => import('@aws-sdk/client-auto-scaling') },
  dynamodb: { client: 'DynamoDBClient', package: '@aws-sdk/client-dynamodb', load: () => import('@aws-sdk/client-dynamodb') },
  ec2: { client: 'EC2Client', package: '@aws-sdk/client-ec2', load: () => import('@aws-sdk/client-ec2') },
  elasticloadbalancing: {
    client: 'ElasticLoadBalancingV2Client',
    package: '@aws-sdk/client-elastic-load-balancing-v2',
    load: () => import('@aws-sdk/client-elastic-load-balancing-v2'),
  },
  logs: {
    client: 'CloudWatchLogsClient',
    package: '@aws-sdk/client-cloudwatch-logs',
    load: () => import('@aws-sdk/client-cloudwatch-logs'),
  },
  monitoring: { client: 'CloudWatchClient', package: '@aws-sdk/client-cloudwatch', load: () => import('@aws-sdk/client-cloudwatch') },
  rds: { client: 'RDSClient', package: '@aws-sdk/client-rds', load: () => import('@aws-sdk/client-rds') },
  servicequotas: {
    client: 'ServiceQuotasClient',
    package: '@aws-sdk/client-service-quotas',
    load: () => import('@aws-sdk/client-service-quotas'),
  },
  sns: { client: 'SNSClient', package: '@aws-sdk/client-sns', load: () => import('@aws-sdk/client-sns') },
  ssm: { client: 'SSMClient', package: '@aws-sdk/client-ssm', load: () => import('@aws-sdk/client-ssm') },
  states: { client: 'SFNClient', package: '@aws-sdk/client-sfn', load: () => import('@aws-sdk/client-sfn') },
};

const models = new Map<string, Promise<ServiceModel>>();

/** Loads a service's model once; undefined for a service whose client is not among the dependencies. */
export async function modelOf(service: string): Promise<ServiceModel | undefined> {
  const loader = loaders[service];
  if (loader === undefined) return undefined;
  const known = models.get(service) ?? loader.load().then((module) => buildModel(module as SdkModule, loader));
  models.set(service, known);
  return known;
}

function buildModel(module: SdkModule, { client: clientName, package: packageName }: Loader): ServiceModel {
  const Client = module[clientName] as ClientClass;
  const clients = new Map<string, SdkClient>();
  const clientAt = (endpoint: string): SdkClient => {
    const known = clients.get(endpoint) ?? new Client(clientConfig(endpoint));
    clients.set(endpoint, known);
    return known;
  };
  const settings = (clientAt('http://127.0.0.1').config as { protocolSettings: { defaultNamespace: string; xmlNamespace?: string } })
    .protocolSettings;
  const errors = errorShapes(module);
  return {
    namespace: settings.defaultNamespace,
    xmlNamespace: settings.xmlNamespace ?? '',
    operation: (action) => operationIn(module, action),
    error: (code) => errors.get(code),
    enumeration: enumerationsOf(packageName, module),
    call: async (endpoint, action, parameters) => {
      const Command = module[`${action}Command`] as CommandClass | undefined;
      if (Command === undefined) throw new Error(`The SDK client ${clientName} has no action ${action}.`);
      const { $metadata: _, ...answer } = await clientAt(endpoint).send(new Command(parameters));
      return answer;
    },
  };
}

/** MiniStack does not check signatures; three attempts would hide what a test wants to see. */
function clientConfig(endpoint: string): Record<string, unknown> {
  return { endpoint, region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' }, maxAttempts: 1 };
}

function operationIn(module: SdkModule, action: string): Operation | undefined {
  const schema = module[`${action}$`];
  if (!Array.isArray(schema) || schema[0] !== OPERATION_SCHEMA) return undefined;
  const [input, output] = schema.slice(-2);
  return { input: NormalizedSchema.of(input), output: NormalizedSchema.of(output) };
}

function errorShapes(module: SdkModule): ReadonlyMap<string, ErrorShape> {
  const found = new Map<string, ErrorShape>();
  for (const [name, schema] of Object.entries(module)) {
    if (!name.endsWith('$') || !Array.isArray(schema) || schema[0] !== ERROR_SCHEMA) continue;
    const shape = errorShape(NormalizedSchema.of(schema as unknown as Parameters<typeof NormalizedSchema.of>[0]));
    found.set(shape.name, shape);
    if (!found.has(shape.queryCode)) found.set(shape.queryCode, shape);
  }
  return found;
}

function errorShape(schema: Schema): ErrorShape {
  const traits = schema.getMergedTraits();
  const name = schema.getName() ?? 'Unknown';
  const [queryCode, queryStatus] = (traits.awsQueryError ?? [name]) as readonly [string, number?];
  return { name, queryCode, status: Number(queryStatus ?? traits.httpError ?? 400) };
}
