import { postTo } from '../../../lambdas/adapters/api-destinations.ts';
import { autoScalingGroups } from '../../../lambdas/adapters/auto-scaling.ts';
import { agentSeries } from '../../../lambdas/adapters/cloudwatch/agent-series.ts';
import { alarms } from '../../../lambdas/adapters/cloudwatch/alarms.ts';
import { describedAlarms } from '../../../lambdas/adapters/cloudwatch/described-alarms.ts';
import { deployedRules } from '../../../lambdas/adapters/deployed-rules.ts';
import type { DoctorClients } from '../../../lambdas/adapters/doctor-clients.ts';
import { hubPauses } from '../../../lambdas/adapters/dynamodb/hub-pause.ts';
import { incidentTable } from '../../../lambdas/adapters/dynamodb/incident-table.ts';
import { instances } from '../../../lambdas/adapters/ec2/instances.ts';
import { deniedTo, profileRights } from '../../../lambdas/adapters/iam.ts';
import { databaseClusters } from '../../../lambdas/adapters/rds/clusters.ts';
import { databases } from '../../../lambdas/adapters/rds/databases.ts';
import { waitingIn } from '../../../lambdas/adapters/sqs.ts';
import { commands } from '../../../lambdas/adapters/ssm/commands.ts';
import { managedInstances } from '../../../lambdas/adapters/ssm/managed-instances.ts';
import { pauseAdmin } from '../../../lambdas/adapters/ssm/pause-switch.ts';
import { clockAhead } from '../../../lambdas/adapters/sts.ts';
import { subscriptionsOf } from '../../../lambdas/adapters/topic-subscriptions.ts';
import { cached } from '../../../lambdas/core/cached.ts';
import { allInstanceActions } from '../../../lambdas/core/doctor/instance-actions.ts';
import { lookOf, nodesToAsk } from '../../../lambdas/core/doctor/node-look.ts';
import { databasesOf, fleetsOf, probesOf } from '../../../lambdas/core/doctor/protected.ts';
import type { FleetSeries, FoundFleet, FoundWays, Member, ProfileRights } from '../../../lambdas/core/doctor/readings.ts';
import { milliseconds } from '../../../lambdas/core/duration.ts';
import { messageOf } from '../../../lambdas/core/failure.ts';
import { type Manifest, pauseName } from '../../../lambdas/core/manifest.ts';
import type { Group } from '../../../lambdas/core/policy.ts';
import type { Instance } from '../../../lambdas/core/ports.ts';
import { NOT_SET_UP_METRIC, PROBE_NAMESPACE } from '../../../lambdas/core/probe.ts';
import { GROUP_TAG } from '../../../lambdas/core/selection.ts';
import type { Account } from './account.ts';
import { readQuotas } from './quotas.ts';

const HOUR = milliseconds({ hours: 1 });

/** A probe runs every minute, and its metrics are a minute or two late. */
const PROBE_WITHIN = milliseconds({ minutes: 15 });

export interface AccountOptions {
  readonly aws: DoctorClients;
  readonly pipeline: string;
  readonly manifest: Manifest;
  /** What the commands are given that people are told. @default - none */
  readonly profile?: string | undefined;
  readonly now: number;
  /** Whether the machines themselves are asked. */
  readonly onNodes: boolean;
}

/** The account of the shell's credentials. */
export function deployedAccount({ aws, pipeline, manifest, profile, now, onNodes }: AccountOptions): Account {
  const rules = cached(() => deployedRules(aws.events, manifest.buses).ofPipeline(pipeline));
  const policies = async () => (await rules()).flatMap(({ policy }) => policy ?? []);
  const watch = cached(() => describedAlarms(aws.cloudwatch).beginning(`${pipeline}-watch-`));
  const fleets = cached(async () => {
    const found: FoundFleet[] = [];
    for (const group of fleetsOf(await policies())) found.push(await fleetOf(aws, group));
    return found;
  });
  const members = async () => [
    ...new Map((await fleets()).flatMap((fleet) => fleet.members).map((member) => [member.id, member])).values(),
  ];
  const managed = cached(async () =>
    managedInstances(
      (await members()).map(({ id }) => id),
      aws.ssm,
    ),
  );
  const ahead = cached(() => clockAhead(aws.sts));
  return {
    manifest: async () => Object.keys(manifest.policies),
    rules,
    alarms: cached(async () => describedAlarms(aws.cloudwatch).named([...new Set((await rules()).flatMap((rule) => rule.alarms))])),
    watch,
    subscriptions: async () => {
      const topics = [...new Set((await watch()).flatMap(({ tells }) => tells).filter((arn) => arn.split(':')[2] === 'sns'))];
      return Promise.all(topics.map(async (topic) => ({ topic, subscriptions: await subscriptionsOf(topic, aws.sns) })));
    },
    fleets,
    managed,
    series: () => readSeries(aws, pipeline, manifest, now),
    rights: async () => {
      const profiles = [...new Set((await members()).flatMap(({ running, profile }) => (running && profile ? [profile] : [])))];
      const found: ProfileRights[] = [];
      for (const profile of profiles)
        found.push(
          await profileRights(profile, allInstanceActions, aws.iam).catch((error) => ({ profile, denied: [], unread: messageOf(error) })),
        );
      return found;
    },
    probes: async () => readProbes(aws, probesOf(await policies()), now),
    nodes: async () => {
      if (!onNodes) return undefined;
      const asked = nodesToAsk(await policies(), await fleets(), await managed());
      const behind = -(await ahead());
      return Promise.all(asked.map((node) => lookAt(aws, pipeline, node, behind)));
    },
    databases: async () => {
      const found = [];
      for (const target of databasesOf(await policies())) {
        const described = await (target.kind === 'database' ? databases(aws.rds) : databaseClusters(aws.rds)).describe(target.id);
        found.push({ target, ...(described && { status: described.status }) });
      }
      return found;
    },
    quotas: () => readQuotas(aws, { region: regionOf(manifest), profile }, now),
    ahead,
    heartbeat: () => {
      const proof = { namespace: 'SelfHealing', metric: 'Heartbeat', dimensions: { service: pipeline }, within: { hours: 1 } } as const;
      return alarms(aws.cloudwatch).lastReport(proof, {}, now - HOUR, now);
    },
    pause: async () => {
      const last = (await pauseAdmin(pauseName(pipeline), aws.ssm).history()).at(-1);
      return last ?? { value: undefined };
    },
    hubPause: async () => (manifest.hub === undefined ? undefined : hubPauses(incidentTable(manifest.table, aws.dynamodb)).read()),
    ways: () => readWays(aws, pipeline, manifest),
    deadLetters: async () => {
      const queues = [...new Set((await rules()).flatMap(({ deadLetters }) => deadLetters))];
      return Promise.all(queues.map(async (queue) => ({ queue, waiting: await waitingIn(queue, aws.sqs) })));
    },
  };
}

/** Those that only the role's own tag makes possible, as it is set on every OpsItem. */
const OPENING_OPS_ITEMS = ['ssm:DescribeOpsItems', 'ssm:CreateOpsItem'];

async function readWays(aws: DoctorClients, pipeline: string, { ways }: Manifest): Promise<FoundWays | undefined> {
  if (!ways) return undefined;
  const { posts, chat, opsItems: role, undelivered: queue, holders } = ways;
  const tag = { 'aws:RequestTag/self-healing': pipeline };
  return {
    posts: await Promise.all(posts.map((name) => postTo(name, aws.events))),
    ...(chat && { chat: { topic: chat, confirmed: (await subscriptionsOf(chat, aws.sns)).filter(({ confirmed }) => confirmed).length } }),
    ...(role && {
      opsItems: { role: role.split('/').at(-1) ?? role, denied: await deniedTo(role, OPENING_OPS_ITEMS, tag, aws.iam) },
    }),
    ...(queue && { undelivered: { queue, waiting: await waitingIn(queue, aws.sqs) } }),
    ...(holders && {
      holders: await Promise.all(holders.map(async ({ name, topic }) => ({ name, subscriptions: await subscriptionsOf(topic, aws.sns) }))),
    }),
  };
}

function memberOf({ id, state, launchedAt, profile }: Instance): Member {
  return {
    id,
    running: state === 'running',
    ...(launchedAt !== undefined && { launchedAt }),
    ...(profile !== undefined && { profile }),
  };
}

async function fleetOf(aws: DoctorClients, group: Group): Promise<FoundFleet> {
  if (group.kind === 'tagged')
    return { group, members: (await instances(aws.ec2).tagged(group.key, group.value)).map(memberOf), missing: [] };
  if (group.kind === 'auto-scaling-group') {
    const described = await autoScalingGroups(aws.autoScaling).describe(group.name);
    const members = described ? (await instances(aws.ec2).tagged(GROUP_TAG, group.name)).map(memberOf) : [];
    return { group, members, missing: described ? [] : [`Auto Scaling group ${group.name}`] };
  }
  const ids = group.kind === 'instances' ? group.ids : group.target.kind === 'instance' ? [group.target.id] : [];
  const found = await instances(aws.ec2).describe(ids);
  const missing = ids.filter((id) => !found.some((instance) => instance.id === id && instance.state !== 'terminated'));
  return { group, members: found.map(memberOf), missing: missing.map((id) => `instance ${id}`) };
}

/** The Region in which the pipeline is deployed. */
export function regionOf({ workflow }: Manifest): string | undefined {
  return workflow.split(':')[3];
}

/** The ARN of a function of the pipeline, in the place of its workflow. */
function functionArn({ workflow }: Manifest, name: string): string {
  const [arn, partition, , region, account] = workflow.split(':');
  return [arn, partition, 'lambda', region, account, 'function', name].join(':');
}

async function readSeries(aws: DoctorClients, pipeline: string, manifest: Manifest, now: number): Promise<readonly FleetSeries[]> {
  const found: FleetSeries[] = [];
  for (const { fleet, members, series, own } of await deployedRules(aws.events).watchedAgents(
    functionArn(manifest, `${pipeline}-watch-agents`),
  )) {
    const there = (
      await (members.kind === 'tagged' ? instances(aws.ec2).tagged(members.key, members.value) : instances(aws.ec2).describe(members.ids))
    ).map(memberOf);
    const silent = new Map<string, string[]>(there.map(({ id }) => [id, []]));
    for (const { metric, names, fixed } of series) {
      const reporting = new Set<string>();
      for (const value of own.values)
        for (const id of await agentSeries(aws.cloudwatch).reporting({ metric, names, fixed: { ...fixed, [own.name]: value } }, now))
          reporting.add(id);
      for (const { id } of there) if (!reporting.has(id)) silent.get(id)?.push(metric);
    }
    found.push({ fleet, own: own.values.join(', '), members: there.map((member) => ({ ...member, silent: silent.get(member.id) ?? [] })) });
  }
  return found;
}

async function readProbes(aws: DoctorClients, probes: ReturnType<typeof probesOf>, now: number) {
  const metrics = probes.flatMap(({ name, dimension, metric }) =>
    [NOT_SET_UP_METRIC, metric].map((each) => ({ namespace: PROBE_NAMESPACE, metric: each, dimensions: { [dimension]: name } })),
  );
  const values = metrics.length === 0 ? [] : await alarms(aws.cloudwatch).values(metrics, now - PROBE_WITHIN, now);
  return probes.map(({ name, way }, index) => {
    const notSetUp = values[index * 2]?.at(-1)?.value;
    const answered = values[index * 2 + 1]?.at(-1)?.value;
    return { name, way, ...(notSetUp !== undefined && { notSetUp }), ...(answered !== undefined && { answered: answered > 0 }) };
  });
}

/** Runs the pipeline's read-only document on one machine. */
async function lookAt(aws: DoctorClients, pipeline: string, { id, services }: ReturnType<typeof nodesToAsk>[number], correction: number) {
  const request = {
    document: `${pipeline}-look-at-node`,
    instanceId: id,
    parameters: { Services: services.join(' ') || '-' },
    token: `${pipeline} doctor`,
  };
  try {
    return lookOf(id, await commands(aws.ssm, aws.sender).look(request), Date.now() + correction);
  } catch (error) {
    return { id, services: {}, unread: messageOf(error) };
  }
}
