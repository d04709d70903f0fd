import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { CompleteStack } from '../../docs/examples/complete-stack.ts';
import { type Policy, policySchema } from '../../lambdas/core/policy.ts';

/** A function of the pipeline as the template describes it. */
export interface DeployedFunction {
  /** Its physical name without the pipeline's: `triage`, `remediate-restart-service`. */
  readonly name: string;
  readonly timeoutSeconds: number;
  readonly environment: Readonly<Record<string, unknown>>;
}

/** How often, and for how long, Lambda tries an event that its function failed on. */
export interface AsynchronousInvocation {
  readonly retries: number;
  readonly withinSeconds: number;
}

/** What the simulation takes from the synthesized stack, so that it is the same pipeline. */
export interface SynthesizedStack {
  /** The state machine, in Amazon States Language. */
  readonly definition: string;
  /** What Step Functions writes to the log of executions. */
  readonly executionLog: { readonly level: string; readonly withData: boolean };
  /** By the ARN that the definition names it with. */
  readonly functions: ReadonlyMap<string, DeployedFunction>;
  readonly intake: DeployedFunction & AsynchronousInvocation;
  /** Those that the rules carry: every symptom and every remedy at least once. */
  readonly policies: readonly Policy[];
}

const PIPELINE = 'healing';

interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
}

let stack: SynthesizedStack | undefined;

/** The example stack with every symptom and every remedy, synthesized by the CDK once a process. */
export function synthesizedStack(): SynthesizedStack {
  stack ??= readTemplate();
  return stack;
}

function readTemplate(): SynthesizedStack {
  // Bundling and the check of the template take long; the functions are not run from their bundles here, and other tests check the template.
  const app = new App({
    context: { 'aws:cdk:bundling-stacks': [] },
    builtinCloudFormationValidation: false,
    analyticsReporting: false,
  });
  const template = Template.fromStack(new CompleteStack(app, 'Complete')).toJSON() as { readonly Resources: Record<string, Resource> };
  const resources = Object.entries(template.Resources);
  const ofType = (type: string) => resources.filter(([, { Type }]) => Type === type);
  const { Properties: machine } = only(ofType('AWS::StepFunctions::StateMachine'));
  const logging = machine.LoggingConfiguration as { readonly Level?: string; readonly IncludeExecutionData?: boolean } | undefined;
  const functions = new Map(ofType('AWS::Lambda::Function').flatMap(([id, resource]) => functionOf(id, resource)));
  return {
    definition: textOf(machine.DefinitionString),
    executionLog: { level: String(logging?.Level ?? 'OFF'), withData: logging?.IncludeExecutionData === true },
    functions,
    intake: intakeOf(
      functions,
      ofType('AWS::Lambda::EventInvokeConfig').map(([, { Properties }]) => Properties),
    ),
    policies: ofType('AWS::Events::Rule').flatMap(([, { Properties }]) => policiesOf(Properties)),
  };
}

function functionOf(id: string, { Properties }: Resource): [string, DeployedFunction][] {
  const { FunctionName, Timeout = 3, Environment } = Properties;
  if (typeof FunctionName !== 'string' || !FunctionName.startsWith(`${PIPELINE}-`)) return [];
  const { Variables = {} } = (Environment ?? {}) as { readonly Variables?: Record<string, unknown> };
  return [[`\${${id}.Arn}`, { name: FunctionName.slice(PIPELINE.length + 1), timeoutSeconds: Number(Timeout), environment: Variables }]];
}

function intakeOf(functions: SynthesizedStack['functions'], invocations: readonly Resource['Properties'][]): SynthesizedStack['intake'] {
  const [arn, intake] = [...functions].find(([, { name }]) => name === 'intake') ?? [];
  const settings = invocations.find(({ FunctionName }) => arn === `${textOf(FunctionName).slice(0, -1)}.Arn}`);
  if (!intake || !settings) throw new Error('the template has no intake function with its asynchronous invocation');
  return { ...intake, retries: Number(settings.MaximumRetryAttempts), withinSeconds: Number(settings.MaximumEventAgeInSeconds) };
}

/** The policy in the input template of a rule; other rules carry none, and those of other buses what is posted to tools. */
function policiesOf({ Targets, EventBusName }: Resource['Properties']): Policy[] {
  if (EventBusName !== undefined) return [];
  return (Targets as readonly { readonly InputTransformer?: { readonly InputTemplate: unknown } }[]).flatMap(({ InputTransformer }) => {
    if (!InputTransformer) return [];
    const { policy } = JSON.parse(textOf(InputTransformer.InputTemplate).replace(/<\w+>/, 'null')) as { readonly policy: unknown };
    return [policySchema.parse(policy)];
  });
}

function only<T>(found: readonly (readonly [string, T])[]): T {
  const [[, one] = [], ...others] = found;
  if (one === undefined || others.length > 0) throw new Error(`${found.length} resources instead of one`);
  return one;
}

/** A template value as text, with references as `${LogicalId}`. */
function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  const { Ref, 'Fn::GetAtt': attribute, 'Fn::Join': join } = value as Readonly<Record<string, unknown>>;
  if (Array.isArray(join)) return (join[1] as unknown[]).map(textOf).join(String(join[0]));
  return `\${${Array.isArray(attribute) ? attribute.join('.') : String(Ref)}}`;
}
