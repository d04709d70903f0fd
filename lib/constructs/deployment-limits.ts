import { readFileSync } from 'node:fs';
import { CfnResource, type IPolicyValidationPlugin, Stack, Stage, Validations } from 'aws-cdk-lib';
import { CfnAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { CfnRule } from 'aws-cdk-lib/aws-events';
import { ManagedPolicy, Policy, Role } from 'aws-cdk-lib/aws-iam';
import { CfnFunction } from 'aws-cdk-lib/aws-lambda';
import type { IConstruct } from 'constructs';
import { METRICS_INSIGHTS_ALARMS, quotaCodes } from '../../lambdas/core/doctor/quota-codes.ts';
import { grouped } from '../../lambdas/core/grouped.ts';
import { isSamePlace } from '../same-place.ts';
import { deployedCharacters, deployedText } from './deployed-text.ts';

/** Rules on the default bus where AWS gives fewer. */
const RULES_IN_SMALL_REGIONS = 100;
const smallRegions: readonly string[] = ['af-south-1', 'eu-south-1'];

/** Managed policies on a role: a quota of IAM. */
const POLICIES_ON_ROLE = 10;

/** Characters of a managed policy, and of all that a role has of its own: quotas of IAM. */
const POLICY_CHARACTERS = { managed: 6_144, own: 10_240 } as const;

/** Bytes of the environment of a Lambda function, names and values. */
const ENVIRONMENT_BYTES = 4_096;

/** Characters of the event pattern of a rule. */
const PATTERN_CHARACTERS = 2_048;

/** Resources of a stack of CloudFormation. */
const RESOURCES_IN_STACK = 500;

/** Bytes of a template of CloudFormation. */
const TEMPLATE_BYTES = 1_000_000;

export interface DeploymentLimitsProps {
  /** Rules that the default bus takes. @default - EventBridge's quota for the Region */
  readonly rulesOnBus?: number;
}

/**
 * Fails synthesis for what passes it and would fail at deployment, halfway through and in words that name no policy. Of what
 * is limited for the account in a Region, all stacks of the app are counted that go there; what else is there is not known.
 */
export function refuseBeyondLimits(pipeline: IConstruct, { rulesOnBus }: DeploymentLimitsProps): void {
  pipeline.node.addValidation({
    validate: () => [
      ...tooManyResources(pipeline),
      ...tooManyRules(pipeline, rulesOnBus),
      ...tooManyInsights(pipeline),
      ...pipeline.node.findAll().flatMap((node) => [...tooManyPolicies(node), ...tooLargeEnvironment(node), ...tooLongPattern(node)]),
    ],
  });
  refuseLargePolicies(pipeline, 'protect by tags in place of names, or spread the policies over several pipelines');
  limitTemplates(Stage.of(pipeline));
}

/** The same for what IAM takes of the policies of all roles, and of managed ones, in a construct. */
export function refuseLargePolicies(scope: IConstruct, advice: string): void {
  scope.node.addValidation({
    validate: () => scope.node.findAll().flatMap((node) => [...tooLargePolicies(node)].map((what) => `${what}: ${advice}`)),
  });
}

function tooLargePolicies(node: IConstruct): readonly string[] {
  if (node instanceof ManagedPolicy) {
    const characters = deployedCharacters(Stack.of(node).resolve(node.document));
    return characters <= POLICY_CHARACTERS.managed
      ? []
      : [`the managed policy ${node.node.path} has about ${characters} characters; IAM takes ${POLICY_CHARACTERS.managed}`];
  }
  if (!(node instanceof Role)) return [];
  const own = node.node.findAll().filter((child) => child instanceof Policy);
  const characters = own.reduce((sum, { document }) => sum + deployedCharacters(Stack.of(node).resolve(document) ?? {}), 0);
  return characters <= POLICY_CHARACTERS.own
    ? []
    : [`the role ${node.node.path} has about ${characters} characters of policies of its own; IAM takes ${POLICY_CHARACTERS.own}`];
}

/** The CDK itself fails for them as well, and knows no advice. */
function tooManyResources(pipeline: IConstruct): readonly string[] {
  const stacks = new Set([Stack.of(pipeline), ...pipeline.node.findAll().filter((node) => node instanceof Stack)]);
  const counted = grouped(
    Stack.of(pipeline)
      .node.findAll()
      .filter((node) => CfnResource.isCfnResource(node)),
    (node) => Stack.of(node),
  );
  return [...stacks].flatMap((stack) => {
    const resources = counted.get(stack)?.length ?? 0;
    if (resources <= RESOURCES_IN_STACK) return [];
    const advice = stack.nested
      ? 'put some of its protections into a pipeline of their own'
      : 'set spread: true on the pipeline, or move what does not belong to it into a stack of its own';
    return [`the stack ${stack.node.path} has ${resources} resources; CloudFormation takes ${RESOURCES_IN_STACK}: ${advice}`];
  });
}

function tooManyRules(pipeline: IConstruct, quota: number | undefined): readonly string[] {
  const { region } = Stack.of(pipeline);
  const most = quota ?? (smallRegions.includes(region) ? RULES_IN_SMALL_REGIONS : quotaCodes.rules.usual);
  const rules = inThisPlace(pipeline).filter((node) => node instanceof CfnRule && node.eventBusName === undefined);
  return rules.length <= most
    ? []
    : [
        `${rules.length} rules on the default event bus; it takes ${most}. Protect with fewer symptoms, or by tags in place of single instances, with spread: true for buses of their own, or have AWS raise the quota "Rules per event bus" and say so in rulesOnBus`,
      ];
}

function tooManyInsights(pipeline: IConstruct): readonly string[] {
  const alarms = inThisPlace(pipeline).filter((node) => node instanceof CfnAlarm && isInsights(node));
  return alarms.length <= METRICS_INSIGHTS_ALARMS
    ? []
    : [
        `${alarms.length} Metrics Insights alarms; an account takes ${METRICS_INSIGHTS_ALARMS} in a Region, which AWS does not raise. Protect several fleets as one by a tag that they share, or with fewer symptoms, or with fewer shards`,
      ];
}

function isInsights(alarm: CfnAlarm): boolean {
  const metrics: unknown = Stack.of(alarm).resolve(alarm.metrics);
  return (
    Array.isArray(metrics) &&
    metrics.some(({ expression }) => /^\s*SELECT\b/i.test(typeof expression === 'string' ? expression : deployedText(expression)))
  );
}

function tooManyPolicies(node: IConstruct): readonly string[] {
  if (!(node instanceof Role)) return [];
  const policies = node.node.findAll().filter((child) => child instanceof ManagedPolicy).length;
  return policies <= POLICIES_ON_ROLE
    ? []
    : [
        `the role ${node.node.path} needs ${policies} managed policies for all that it may act on; IAM attaches ${POLICIES_ON_ROLE}. Protect by tags in place of names, or spread the policies over several pipelines`,
      ];
}

function tooLargeEnvironment(node: IConstruct): readonly string[] {
  if (!(node instanceof CfnFunction)) return [];
  const environment: { variables?: Readonly<Record<string, unknown>> } = Stack.of(node).resolve(node.environment) ?? {};
  const bytes = Object.entries(environment.variables ?? {}).reduce(
    (sum, [name, value]) => sum + name.length + Buffer.byteLength(deployedText(value)),
    0,
  );
  return bytes <= ENVIRONMENT_BYTES
    ? []
    : [
        `the environment of the function ${node.node.path} takes about ${bytes} bytes; Lambda allows ${ENVIRONMENT_BYTES}. Where it names databases, spread them over several pipelines, or leave out authority, which each carries`,
      ];
}

function tooLongPattern(node: IConstruct): readonly string[] {
  if (!(node instanceof CfnRule)) return [];
  const characters = deployedCharacters(Stack.of(node).resolve(node.eventPattern) ?? {});
  return characters <= PATTERN_CHARACTERS
    ? []
    : [
        `the event pattern of the rule ${node.node.path} (${node.description}) has about ${characters} characters; EventBridge takes ${PATTERN_CHARACTERS}. Where its filter names policies, name fewer of them, or leave policies out`,
      ];
}

/** Everything of the app that is deployed into the pipeline's account and Region. */
function inThisPlace(pipeline: IConstruct): readonly IConstruct[] {
  const home = Stack.of(pipeline);
  return pipeline.node.root.node.findAll().filter((node) => CfnResource.isCfnResource(node) && isSamePlace(Stack.of(node), home));
}

const limited = new WeakSet<Stage>();

/** A template's length is known only when it is written. */
function limitTemplates(stage: Stage | undefined): void {
  if (!stage || limited.has(stage)) return;
  limited.add(stage);
  Validations.of(stage).addPlugins(templateSize);
}

const templateSize: IPolicyValidationPlugin = {
  name: 'self-healing',
  validate({ templatePaths }) {
    const violations = templatePaths.flatMap((templatePath) => {
      const bytes = readFileSync(templatePath).length;
      return bytes <= TEMPLATE_BYTES ? [] : [tooLargeTemplate(templatePath, bytes)];
    });
    return { success: violations.length === 0, violations };
  },
};

function tooLargeTemplate(templatePath: string, bytes: number) {
  return {
    ruleName: 'template-size',
    severity: 'error',
    description: `The template has ${bytes} bytes; CloudFormation takes ${TEMPLATE_BYTES}.`,
    fix: 'Set suppressTemplateIndentation on the stack, which saves about a third, set spread: true on the pipeline, or spread the policies over several pipelines in stacks of their own.',
    violatingResources: [{ resourceLogicalId: '(the template)', templatePath, locations: [] }],
  };
}
