import { NON_STRINGS } from '../gateway/supplied-resources.ts';

export interface Template {
  readonly Resources?: Readonly<Record<string, TemplateResource>>;
  readonly [section: string]: unknown;
}

export interface TemplateResource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly [attribute: string]: unknown;
}

/** Resource types that the local AWS cannot deploy, or whose whole service the gateway keeps (alarms). */
const suppliedTypes: ReadonlySet<string> = new Set([
  'AWS::CloudWatch::Alarm',
  'AWS::CloudWatch::AlarmMuteRule',
  'AWS::CloudWatch::AnomalyDetector',
  'AWS::CloudWatch::CompositeAlarm',
  'AWS::Logs::QueryDefinition',
  'AWS::SSM::Association',
  'AWS::SSM::Document',
]);

const FUNCTION_ID = 'LocalAwsService';
const ROLE_ID = 'LocalAwsServiceRole';

/**
 * Turns every resource that the local AWS cannot deploy into a custom resource which the gateway keeps. Logical ids, dependencies and
 * conditions stay, so that `Ref` and `Fn::GetAtt` elsewhere in the template mean the same as before.
 */
export function supplyResources(template: Template): { template: Template; supplied: Readonly<Record<string, number>> } {
  const supplied: Record<string, number> = {};
  const resources = Object.entries(template.Resources ?? {}).map(([id, resource]) => {
    if (!suppliedTypes.has(resource.Type)) return [id, resource];
    supplied[resource.Type] = (supplied[resource.Type] ?? 0) + 1;
    return [id, asCustomResource(resource)];
  });
  if (Object.keys(supplied).length === 0) return { template, supplied };
  return { template: { ...template, Resources: { ...Object.fromEntries(resources), ...servingFunction } }, supplied };
}

function asCustomResource(resource: TemplateResource): TemplateResource {
  const properties = resource.Properties ?? {};
  return {
    ...resource,
    Type: 'Custom::Service',
    Properties: {
      ServiceToken: { 'Fn::GetAtt': [FUNCTION_ID, 'Arn'] },
      ResourceType: resource.Type,
      [NON_STRINGS]: JSON.stringify(nonStringPaths(properties)),
      ...properties,
    },
  };
}

/** Where the properties have numbers and booleans; what an intrinsic function yields is left as CloudFormation gives it. */
function nonStringPaths(value: unknown, path: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof value === 'number' || typeof value === 'boolean') return [path];
  if (typeof value !== 'object' || value === null) return [];
  const entries = Object.entries(value);
  if (entries.length === 1 && entries[0]?.[0].startsWith('Fn::')) return [];
  return entries.flatMap(([key, each]) => nonStringPaths(each, [...path, key]));
}

/** Hands the custom resource's event to the gateway; AWS_ENDPOINT_URL is the gateway's address in every function of the local AWS. */
const code = `
exports.handler = async (event) => {
  const result = { StackId: event.StackId, RequestId: event.RequestId, LogicalResourceId: event.LogicalResourceId };
  try {
    const answer = await fetch(process.env.AWS_ENDPOINT_URL + '/_local-aws/resources', { method: 'POST', body: JSON.stringify(event) });
    const body = await answer.json();
    if (!answer.ok) throw new Error(body.message);
    Object.assign(result, { Status: 'SUCCESS', PhysicalResourceId: body.physicalId, Data: body.attributes });
  } catch (error) {
    const PhysicalResourceId = event.PhysicalResourceId ?? 'FAILED_CREATE_MARKER';
    Object.assign(result, { Status: 'FAILED', PhysicalResourceId, Reason: error.message });
  }
  await fetch(event.ResponseURL, { method: 'PUT', body: JSON.stringify(result) });
};`;

const servingFunction: Readonly<Record<string, TemplateResource>> = {
  [ROLE_ID]: {
    Type: 'AWS::IAM::Role',
    Properties: {
      AssumeRolePolicyDocument: {
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'lambda.amazonaws.com' } }],
      },
    },
  },
  [FUNCTION_ID]: {
    Type: 'AWS::Lambda::Function',
    Properties: {
      Description: 'Serves resources that the local AWS lacks; exists only in the local AWS.',
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Timeout: 60,
      Role: { 'Fn::GetAtt': [ROLE_ID, 'Arn'] },
      Code: { ZipFile: code.trimStart() },
    },
  },
};
