import { Aws, Fn, Stack, Token } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnAssociation, StringParameter } from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';
import * as z from 'zod';
import { type AgentCollection, agentConfiguration } from '../agent-configuration.ts';
import type { Fleet } from '../fleet.ts';
import type { OwnSeries } from '../own-series.ts';
import { checked, PolicyError } from '../policy-error.ts';
import { isSamePlace } from '../same-place.ts';
import type { AgentDocument } from './agent-document.ts';
import type { AgentWatch } from './agent-watch.ts';
import type { PolicyPlace } from './policy-stacks.ts';
import { acknowledgeWildcard } from './security-acknowledgements.ts';
import { TargetRights } from './target-rights.ts';

export interface NodeAgentProps {
  readonly document: AgentDocument;
  /** Where the fleet's policies stand. */
  readonly place: PolicyPlace;
  /** Looks whether the agents send what they should, and lets a changed configuration go on. */
  readonly watch: AgentWatch;
  readonly series: OwnSeries;
  readonly fleet: Fleet;
  /** What the symptoms of the fleet need. */
  readonly collections: readonly AgentCollection[];
  /** Version of the agent where it is installed. @default - AGENT_VERSION */
  readonly version?: string;
}

/** The release of July 2026. A pinned one, so that no instance gets an agent that nobody has tried. */
const AGENT_VERSION = '1.300071.0b1720';

/** Share of the machines that takes a changed configuration first; the rest when its series arrived from them. */
const FIRST_PERCENT = '10';

/** Values of a target of an association: a quota of Systems Manager. */
const INSTANCES_OF_TARGET = 50;

/** For members that live for an hour only, and for what was removed by hand; a run that finds nothing to do takes a second. */
const SCHEDULE = 'rate(30 minutes)';

/**
 * All at once: what exceeds the concurrency is left out of an interval, and one machine's failure must not keep the others from
 * getting their agent. How far a changed configuration goes is decided by `ReachPercent` on each machine.
 */
const ALL_AT_ONCE = { maxConcurrency: '100%', maxErrors: '100%' };

/**
 * The CloudWatch agent on a fleet's instances, installed and configured by one association of State Manager, or by one for each fifty
 * instances that are given. The configuration is added to one that is there already and never replaces it.
 */
export class NodeAgent extends Construct {
  readonly #name: string;
  readonly #members: Fleet['members'];

  /** @throws PolicyError for a version that cannot be one, or for machines that have a configuration of the app already */
  constructor(
    scope: Construct,
    id: string,
    { document, place, watch, series, fleet, collections, version = AGENT_VERSION }: NodeAgentProps,
  ) {
    super(scope, id);
    const { pipeline, protection, shards } = series;
    this.#name = `${pipeline}-${protection}`;
    this.#members = fleet.members;
    refuseToMeet(this, protection, (other) => [other.#name, sharedMember(fleet.members, other.#members)]);
    checked(
      z.string().regex(/^[A-Za-z0-9.]{1,40}$/, 'must be a version such as 1.300071.0b1720, or latest'),
      version,
      protection,
      'agentVersion',
    );
    const name = `${pipeline}-${protection}`;
    const made = agentConfiguration(collections, series);
    const configuration = JSON.stringify(made);
    const role = dispatchRole(this, document, fleet);
    const associationName = `${place.beginning}${protection}-agent`;
    new StringParameter(this, 'Configuration', {
      parameterName: `AmazonCloudWatch-${place.beginning}${protection}`,
      description: `What the CloudWatch agents of ${protection} collect for the self-healing pipeline, for people to read`,
      stringValue: configuration,
    });
    const associations = partsOf(fleet.members).map((members, index) => {
      const part = index === 0 ? '' : `${index + 1}`;
      const association = new CfnAssociation(this, `Association${part}`, {
        name: document.documentName,
        // A changed script counts at once.
        documentVersion: '$LATEST',
        associationName: part ? `${associationName}-${part}` : associationName,
        parameters: {
          Name: [name],
          Configuration: [base64(configuration)],
          Shards: [String(shards)],
          ReachPercent: [FIRST_PERCENT],
          Version: [version],
        },
        targets: [targetOf(members)],
        scheduleExpression: SCHEDULE,
        // Also at once when it is made or changed, and on every new member.
        applyOnlyAtCronInterval: false,
        ...ALL_AT_ONCE,
        associationDispatchAssumeRole: role.roleArn,
      });
      association.node.addDependency(document, role);
      return { id: association.ref, members };
    });
    watch.watch({
      ...{ series, place, configuration: made, documentName: document.documentName, dispatchRole: role.roleArn },
      ...{ associations, associationName },
    });
  }
}

/**
 * A machine takes one configuration of the pipelines, so that of two protections with the same machines the second would see nothing
 * there for ever. What other tags and groups have in common is known on the machines only, where the run fails.
 */
function refuseToMeet(
  agent: NodeAgent,
  protection: string,
  meets: (other: NodeAgent) => readonly [name: string, shared: string | undefined],
): void {
  const others = agent.node.root.node
    .findAll()
    .filter((other): other is NodeAgent => other instanceof NodeAgent && other !== agent && isSamePlace(Stack.of(other), Stack.of(agent)));
  for (const [name, shared] of others.map(meets))
    if (shared !== undefined)
      throw new PolicyError(protection, [
        `the CloudWatch agents of ${shared} are configured by ${name} already, and a machine takes one configuration: name all symptoms that need the agent in one protection`,
      ]);
}

/** What two fleets certainly have in common, in words. */
function sharedMember(one: Fleet['members'], other: Fleet['members']): string | undefined {
  if (one.kind === 'tagged' && other.kind === 'tagged')
    return one.key === other.key && one.value === other.value ? `the tag ${one.key}=${one.value}` : undefined;
  if (one.kind === 'auto-scaling-group' && other.kind === 'auto-scaling-group')
    return one.name === other.name ? `the group ${one.name}` : undefined;
  return one.kind === 'instances' && other.kind === 'instances' ? one.ids.find((id) => other.ids.includes(id)) : undefined;
}

/** A name in it that is known only at deployment is encoded there. */
function base64(text: string): string {
  return Token.isUnresolved(text) ? Fn.base64(text) : Buffer.from(text).toString('base64');
}

/**
 * The role under which State Manager sends the document to the fleet's instances, in the place of its service-linked role, which is
 * being phased out.
 */
function dispatchRole(scope: Construct, { documentName }: AgentDocument, { members }: Fleet): Role {
  const role = new Role(scope, 'Dispatch', {
    description: 'State Manager sends the document of the CloudWatch agent to the instances of the fleet',
    assumedBy: new ServicePrincipal('ssm.amazonaws.com', { conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } } }),
  });
  const instance = (id: string) => `arn:${Aws.PARTITION}:ec2:${Aws.REGION}:${Aws.ACCOUNT_ID}:instance/${id}`;
  role.addToPolicy(
    new PolicyStatement({
      actions: ['ssm:SendCommand'],
      resources: [`arn:${Aws.PARTITION}:ssm:${Aws.REGION}:${Aws.ACCOUNT_ID}:document/${documentName}`],
    }),
  );
  if (members.kind === 'instances') {
    new TargetRights(role).on({ resources: members.ids.map(instance) }, ['ssm:SendCommand']);
    return role;
  }
  const { key, value } = members.kind === 'tagged' ? members : { key: 'aws:autoscaling:groupName', value: members.name };
  acknowledgeWildcard(role, instance('*'), 'They change by themselves; the condition on their tag bounds it.');
  role.addToPolicy(
    new PolicyStatement({
      actions: ['ssm:SendCommand'],
      resources: [instance('*')],
      conditions: { StringEquals: { [`ssm:resourceTag/${key}`]: value } },
    }),
  );
  return role;
}

/** Several targets of one association would be those that are in all of them, so that each part has an association of its own. */
function partsOf(members: Fleet['members']): readonly Fleet['members'][] {
  if (members.kind !== 'instances') return [members];
  const { ids } = members;
  return Array.from({ length: Math.ceil(ids.length / INSTANCES_OF_TARGET) }, (_, part) => ({
    kind: 'instances',
    ids: ids.slice(part * INSTANCES_OF_TARGET, (part + 1) * INSTANCES_OF_TARGET),
  }));
}

function targetOf(members: Fleet['members']): CfnAssociation.TargetProperty {
  switch (members.kind) {
    case 'tagged':
      return { key: `tag:${members.key}`, values: [members.value] };
    case 'auto-scaling-group':
      return { key: 'tag:aws:autoscaling:groupName', values: [members.name] };
    case 'instances':
      return { key: 'InstanceIds', values: [...members.ids] };
  }
}
