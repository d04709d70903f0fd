import type { FreeSpace } from '../../../lambdas/core/days-until-full.ts';
import type { Instant } from '../../../lambdas/core/duration.ts';
import { TryAgain } from '../../../lambdas/core/failure.ts';
import type {
  AlarmState,
  Alarms,
  AutoScalingGroup,
  AutoScalingGroups,
  CommandRequest,
  CommandResult,
  Commands,
  ContributorState,
  Database,
  DatabaseCluster,
  DatabaseClusters,
  DatabaseEvent,
  DatabaseLoad,
  DatabaseSession,
  DatabaseSessions,
  Databases,
  Hosting,
  Instance,
  InstanceRefresh,
  Instances,
  LoadBalancers,
  MetricValue,
  RunbookExecution,
  Runbooks,
  ScalingActivity,
  TargetFinding,
  Volume,
  VolumeModification,
  Volumes,
} from '../../../lambdas/core/ports.ts';
import type { Contributor } from '../../../lambdas/core/signal.ts';
import type { StatusCheckState } from '../../../lambdas/core/status-check.ts';
import type { TargetHealth } from '../../../lambdas/core/target-health.ts';

/** The account as the fakes show it. Tests arrange it and look at what was done to it. */
export interface Account {
  readonly instances: Map<string, Instance>;
  /** Of running instances; `ok` unless said. */
  readonly statusChecks: Map<string, StatusCheckState>;
  /** Instances that EC2 was asked to reboot, in order. */
  readonly rebooted: string[];
  /** What the hosts keep for instances; an ordinary one unless said. */
  readonly hosting: Map<string, Hosting>;
  readonly groups: Map<string, AutoScalingGroup>;
  /** Groups with an instance refresh under way. */
  readonly refreshing: Set<string>;
  readonly databases: Map<string, Database>;
  /** By database. */
  readonly freeStorage: Map<string, readonly FreeSpace[]>;
  readonly clusters: Map<string, DatabaseCluster>;
  /** By id. The first that is attached to an instance is its root, at /dev/xvda; the next is at /dev/sdf, and so on. */
  readonly volumes: Map<string, Volume>;
  readonly volumeModifications: Map<string, VolumeModification>;
  readonly agents: Map<string, 'online' | 'silent'>;
  readonly commands: Map<string, { readonly request: CommandRequest; readonly result: CommandResult | undefined }>;
  readonly alarms: Map<
    string,
    { readonly state: AlarmState; readonly reason: string; readonly since?: Instant; readonly quieted?: boolean }
  >;
  readonly contributors: Map<string, readonly (Contributor & Partial<ContributorState>)[]>;
  /** Whether CloudWatch lists all contributors in ALARM. */
  readonly contributorsComplete: { value: boolean };
  /** Instances whose metrics stopped. */
  readonly silentSeries: Set<string>;
  /** When the series of instances reported last; at this moment unless said. */
  readonly lastReports: Map<string, Instant>;
  /** Values of metrics by the metric's name. */
  readonly values: Map<string, readonly MetricValue[]>;
  /** By target group. */
  readonly unhealthy: Map<string, readonly string[]>;
  /** What load balancers find of instances that are not unhealthy: `healthy` those that run, unless said. */
  readonly targetHealth: Map<string, TargetHealth | 'unregistered'>;
  /** Stuck sessions by database; one that is not there cannot be reached. */
  readonly sessions: Map<string, readonly DatabaseSession[]>;
  /** How busy databases are; as their stuck sessions unless said. */
  readonly load: Map<string, DatabaseLoad>;
  /** What RDS wrote down of databases and clusters. */
  readonly databaseEvents: Map<string, readonly DatabaseEvent[]>;
  /** What load balancers say of instances by their reasons. */
  readonly targetFindings: Map<string, readonly TargetFinding[]>;
  /** Of groups, the newest first. */
  readonly activities: Map<string, readonly ScalingActivity[]>;
  /** The last instance refresh of groups. */
  readonly refreshes: Map<string, InstanceRefresh>;
  /** What every command that is sent from now on ends as. */
  /** `look`: of commands that only look. @default - that the room could be used */
  readonly commandsEnd: { as: CommandResult | undefined; look?: CommandResult | undefined };
}

const succeeded: CommandResult = { status: 'succeeded', detail: 'Success', exitCode: 0, output: 'done', errors: '' };

/** A host that keeps nothing: volumes are EBS, and the only address is private. */
export const ordinaryHost: Hosting = {
  launchedAt: '2026-11-01T08:00:00.000Z',
  instanceStore: false,
  dedicatedHost: false,
  publicAddress: 'none',
  keys: [],
};

export function emptyAccount(): Account {
  return {
    instances: new Map(),
    statusChecks: new Map(),
    rebooted: [],
    hosting: new Map(),
    refreshing: new Set(),
    groups: new Map(),
    databases: new Map(),
    freeStorage: new Map(),
    clusters: new Map(),
    volumes: new Map(),
    volumeModifications: new Map(),
    agents: new Map(),
    commands: new Map(),
    alarms: new Map(),
    contributors: new Map(),
    contributorsComplete: { value: true },
    silentSeries: new Set(),
    lastReports: new Map(),
    values: new Map(),
    unhealthy: new Map(),
    targetHealth: new Map(),
    sessions: new Map(),
    load: new Map(),
    databaseEvents: new Map(),
    targetFindings: new Map(),
    activities: new Map(),
    refreshes: new Map(),
    commandsEnd: { as: succeeded },
  };
}

export function fakeInstances({ instances, statusChecks, rebooted, hosting }: Account): Instances {
  const isUp = ({ state }: Instance) => state === 'running' || state === 'pending';
  return {
    describe: async (ids) => ids.flatMap((id) => instances.get(id) ?? []),
    tagged: async (key, value) => [...instances.values()].filter((instance) => instance.tags[key] === value && isUp(instance)),
    statusChecks: async (id) => statusChecks.get(id) ?? 'ok',
    statusCheck: async (id) => (instances.get(id)?.state === 'running' ? (statusChecks.get(id) ?? 'ok') : 'unknown'),
    impaired: async () => [...statusChecks].flatMap(([id, state]) => (state === 'impaired' ? { id, since: 0 } : [])),
    async reboot(id) {
      rebooted.push(id);
    },
    hosting: async (id) => (instances.has(id) ? (hosting.get(id) ?? ordinaryHost) : undefined),
  };
}

export function fakeGroups({ groups, refreshing, refreshes, activities }: Account): AutoScalingGroups {
  return {
    describe: async (name) => groups.get(name),
    async setDesiredCapacity(name, desired) {
      const group = groups.get(name);
      if (group) groups.set(name, { ...group, desired });
    },
    async setMinimum(name, min, desired) {
      const group = groups.get(name);
      if (group) groups.set(name, { ...group, min, desired: Math.max(desired ?? group.desired, min) });
    },
    isRefreshing: async (name) => refreshing.has(name),
    lastRefresh: async (name) => refreshes.get(name),
    activities: async (name, most) => (activities.get(name) ?? []).slice(0, most),
    async markUnhealthy(instanceId) {
      for (const group of groups.values()) {
        const members = group.members.map((member) => (member.id === instanceId ? { ...member, healthy: false } : member));
        groups.set(group.name, { ...group, members });
      }
    },
  };
}

export function fakeDatabases({ databases, databaseEvents, freeStorage }: Account): Databases {
  return {
    describe: async (id) => databases.get(id),
    events: async (id, since) => (databaseEvents.get(id) ?? []).filter(({ at }) => at >= since),
    async reboot(id) {
      const database = databases.get(id);
      if (database) databases.set(id, { ...database, status: 'rebooting' });
    },
    freeStorage: async (id) => freeStorage.get(id) ?? [],
    async growStorage(id, allocatedGibibytes) {
      const database = databases.get(id);
      if (database) databases.set(id, { ...database, allocatedGibibytes });
    },
  };
}

export function fakeClusters({ clusters, databaseEvents }: Account): DatabaseClusters {
  const become = (id: string, status: string) => {
    const cluster = clusters.get(id);
    if (cluster) clusters.set(id, { ...cluster, status });
  };
  return {
    describe: async (id) => clusters.get(id),
    events: async (id, since) => (databaseEvents.get(id) ?? []).filter(({ at }) => at >= since),
    reboot: async (id) => become(id, 'rebooting'),
    failOver: async (id) => become(id, 'failing-over'),
  };
}

/** EBS: a change is in force at once and still being optimized. */
export function fakeVolumes({ instances, volumes, volumeModifications }: Account): Volumes {
  return {
    async devices(instanceId) {
      if (!instances.has(instanceId)) return undefined;
      const own = [...volumes.values()].filter(({ attachedTo }) => attachedTo.includes(instanceId));
      const named = own.map(({ id }, place) => [['/dev/xvda', '/dev/sdf', '/dev/sdg'][place] ?? '', id]);
      return { root: '/dev/xvda', volumes: Object.fromEntries(named) };
    },
    describe: async (id) => volumes.get(id),
    lastModification: async (id) => volumeModifications.get(id),
    async grow(id, gibibytes) {
      const volume = volumes.get(id);
      if (!volume) return;
      volumes.set(id, { ...volume, gibibytes });
      volumeModifications.set(id, { state: 'optimizing', gibibytes, ageHours: 0 });
    },
  };
}

/** Run Command: it has no idempotency token, so a command that is sent twice runs twice. */
export function fakeCommands({ agents, commands, commandsEnd, volumes }: Account): Commands {
  return {
    agent: async (instanceId) => ({ state: agents.get(instanceId) ?? 'unregistered' }),
    async send(request) {
      const id = `command-${commands.size + 1}`;
      commands.set(id, { request, result: commandsEnd.as });
      return id;
    },
    async look({ instanceId }) {
      if (commandsEnd.look) return commandsEnd.look;
      const disk = [...volumes.values()].find(({ attachedTo }) => attachedTo.includes(instanceId))?.id.replace('-', '');
      const output = `CAN GROW: / is ext4 on /dev/nvme0n1p1, disk ${disk} of 107374182400 bytes, 2147483648 unused`;
      return { status: 'succeeded', detail: 'Success', exitCode: 0, output, errors: '' };
    },
    find: async (token, instanceId) =>
      [...commands].find(([, { request }]) => request.token === token && request.instanceId === instanceId)?.[0],
    result: async (commandId) => commands.get(commandId)?.result,
  };
}

export function fakeAlarms({ alarms, contributors, contributorsComplete, silentSeries, lastReports, values }: Account): Alarms {
  return {
    state: async (alarmName) => alarms.get(alarmName) ?? wholeOf(contributors.get(alarmName)),
    isMuted: async (alarmName) => alarms.get(alarmName)?.quieted === true,
    contributorsInAlarm: async (alarmName) => ({
      contributors: (contributors.get(alarmName) ?? []).map((contributor) => ({ since: 0, reason: '', ...contributor })),
      complete: contributorsComplete.value,
    }),
    inAlarm: async (alarmNames) =>
      alarmNames.flatMap((alarmName) => {
        const { state = 'OK', reason = '', since = 0, quieted = false } = alarms.get(alarmName) ?? {};
        return state === 'ALARM' ? [{ alarmName, since, reason, quieted, manySeries: contributors.has(alarmName) }] : [];
      }),
    async lastReport({ dimensions: fixed }, dimensions, since, now) {
      const { InstanceId = '' } = { ...fixed, ...dimensions };
      const at = silentSeries.has(InstanceId) ? undefined : (lastReports.get(InstanceId) ?? now);
      return at !== undefined && at >= since ? at : undefined;
    },
    values: async (metrics, since, now) =>
      metrics.map(({ metric }) => (values.get(metric) ?? []).filter(({ at }) => at >= since && at < now)),
  };
}

/** An alarm of which only the contributors were said. */
function wholeOf(contributors: readonly unknown[] | undefined): { readonly state: AlarmState; readonly reason: string } | undefined {
  return contributors && { state: contributors.length > 0 ? 'ALARM' : 'OK', reason: '' };
}

export function fakeLoadBalancers({ instances, unhealthy, targetHealth, targetFindings }: Account): LoadBalancers {
  const healthOf = ({ id, state }: Instance) => targetHealth.get(id) ?? (state === 'running' ? 'healthy' : 'unused');
  return {
    findings: async (_, instanceId) => targetFindings.get(instanceId) ?? [],
    async targetHealth(targetGroupArn) {
      const health = new Map<string, TargetHealth>();
      for (const instance of instances.values()) {
        const found = healthOf(instance);
        if (found !== 'unregistered') health.set(instance.id, found);
      }
      for (const id of unhealthy.get(targetGroupArn) ?? []) health.set(id, 'unhealthy');
      return health;
    },
  };
}

/** Automation knows the token of a start: the same one is the same execution. */
export function fakeRunbooks(): Runbooks {
  const executions = new Map<string, RunbookExecution>();
  return {
    isRunnable: async () => true,
    async start({ token }) {
      executions.set(`execution-of-${token}`, { status: 'succeeded', detail: 'Success' });
      return `execution-of-${token}`;
    },
    execution: async (executionId) => executions.get(executionId),
  };
}

export function fakeSessions({ sessions, load }: Account): DatabaseSessions {
  const of = (database: string) => {
    const found = sessions.get(database);
    if (!found) throw new TryAgain(`connect to database ${database}: no answer`, undefined);
    return found;
  };
  const same = (one: Pick<DatabaseSession, 'id' | 'incarnation'>) => (other: DatabaseSession) =>
    one.id === other.id && one.incarnation === other.incarnation;
  return {
    load: async (database) => load.get(database) ?? { connections: of(database).length, limit: 100, waits: [] },
    stuck: async (database) => of(database),
    async end(database, wanted) {
      const ends = wanted.map((session) => ({ kind: of(database).some(same(session)) ? ('ended' as const) : ('gone' as const) }));
      sessions.set(
        database,
        of(database).filter((session) => !wanted.some((one) => same(one)(session))),
      );
      return ends;
    },
  };
}
