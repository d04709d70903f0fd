import { Annotations } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { Policy } from '../lambdas/core/policy.ts';
import type { AgentCollection } from './agent-configuration.ts';
import { isWindows } from './agent-series.ts';
import type { ChangeConditionProps } from './change-conditions.ts';
import { AgentDocument } from './constructs/agent-document.ts';
import type { AgentWatch } from './constructs/agent-watch.ts';
import { NodeAgent } from './constructs/node-agent.ts';
import type { Signals } from './constructs/policy-rule.ts';
import type { PolicyPlace } from './constructs/policy-stacks.ts';
import type { Database } from './database.ts';
import type { Fleet } from './fleet.ts';
import { checkedShards, MOST_SERIES, sayCost, shardsFor } from './fleet-shards.ts';
import { type GuardrailProps, toPolicyGuardrails } from './guardrails.ts';
import { givenOf } from './known-names.ts';
import type { ModeProps } from './modes.ts';
import type { OwnSeries } from './own-series.ts';
import { DEFAULT_PROBATION, type PolicyDraft } from './policy-draft.ts';
import { checked, PolicyError, refuseLateNumbers, refuseNoObject, refuseNoSwitch } from './policy-error.ts';
import { rungsOf } from './remedy.ts';
import { databaseSymptoms, fleetSymptoms } from './symptoms/registry.ts';
import { type Symptom, type SymptomProps, sustainedSchema, type Watch } from './symptoms/symptom.ts';
import { givenDuration } from './to-policy-duration.ts';

// Longer than 250 lines: what every property of a protection is for, beside the policies that are made of it.

type PropsOf<Registry> = { readonly [Name in keyof Registry]?: Registry[Name] extends Symptom<never, infer Props> ? Props : never };

interface ProtectionProps extends ModeProps {
  /** Guardrails of all symptoms of this protection. @default - safe ones, see `GuardrailProps` */
  readonly guardrails?: GuardrailProps;
  /** A page with the team's own instructions, put into every message. @default - none */
  readonly runbook?: string;
}

/** A draft whose alarm the pipeline made. */
type OwnDraft = PolicyDraft<Pick<Watch, keyof Signals>>;

/** What to protect in a fleet. A symptom is watched if it is named; `{}` takes all of its defaults. */
export interface FleetProtection extends ProtectionProps, PropsOf<typeof fleetSymptoms> {
  readonly fleet: Fleet;
  /**
   * The systemd service that the fleet is there for; restarted by the default ladders that restart something.
   * @default - none
   */
  readonly service?: string;
  /**
   * Whether State Manager installs the CloudWatch agent on the fleet and appends what the named symptoms need to its
   * configuration. Without its metrics CPU, memory, disk and processes are not seen. `false` leaves agents to you: then the
   * roll-ups of `docs/cloudwatch-agent.json` are read, of all instances of the account that have them, of which an alarm sees
   * the 500 worst.
   * @default - true
   */
  readonly agent?: boolean;
  /**
   * Parts into which the instances fall by their id, each with alarms and policies of its own (`Web-memory-1`, …), since an alarm sees
   * at most 500 series. Take one for every 400 instances that the fleet may have. A list of instances needs none. From 1 to 50.
   * @default - what `expectedMembers` needs, else 1
   */
  readonly shards?: number;
  /**
   * Instances that the fleet may have at most. Gives it as many shards as it needs, and synth says what its alarms cost then. A new number of
   * shards makes the alarms anew, which see a machine when its agent has the new configuration, within the hour: so name one for years. A
   * larger fleet is not acted on, unless the guardrail `largestFleet` says otherwise. From 1 to 20,000; with `shards` of your own at most 400
   * for each, since a hash does not part them evenly, or 500 for one alone.
   * @default - not said: the fleet has the one shard, or those of `shards`, and is acted on up to `largestFleet`
   */
  readonly expectedMembers?: number;
  /**
   * Version of the CloudWatch agent, as Systems Manager's Distributor names it, that is installed where there is none. One that is
   * there keeps its version. `latest` for the newest one.
   * @default - 1.300071.0b1720
   */
  readonly agentVersion?: string;
}

/** What to protect in a database. A symptom is watched if it is named; `{}` takes all of its defaults. */
export interface DatabaseProtection extends ProtectionProps, PropsOf<typeof databaseSymptoms> {
  readonly database: Database;
}

export function protectionOfFleet(
  home: Construct,
  place: PolicyPlace,
  pipeline: string,
  watchOfAgents: () => AgentWatch,
  id: string,
  { fleet, service, agent = true, shards, expectedMembers, agentVersion, ...props }: FleetProtection,
): readonly OwnDraft[] {
  refuseNoSwitch(agent, id, 'agent');
  const series = { pipeline, protection: id, shards: checkedShards(id, fleet, agent, shardsFor(id, expectedMembers, shards)) };
  const withService = service === undefined ? {} : { service };
  const more = { serviceDown: withService, unhealthyTargets: withService };
  const own = new Construct(place.scope, id);
  const usual = largestFleet(expectedMembers, series.shards);
  const shared = { group: fleet.toGroup(id), kind: 'fleet', more, usual, ...(agent && { own: series }) } as const;
  const made = drafts(own, place, id, fleetSymptoms, fleet, props, shared);
  const collections = agentCollections(props, more);
  if (expectedMembers !== undefined) sayCost(own, id, series.shards, expectedMembers, made);
  if (collections.length === 0) return made;
  refuseTwoPlatforms(id, collections);
  if (agent) {
    const document = (home.node.tryFindChild('AgentDocument') as AgentDocument) ?? new AgentDocument(home, 'AgentDocument', pipeline);
    new NodeAgent(own, 'Agent', {
      ...{ document, place },
      watch: watchOfAgents(),
      series,
      fleet,
      collections,
      ...(agentVersion !== undefined && { version: agentVersion }),
    });
  }
  if (!agent && fleet.members.kind !== 'instances')
    Annotations.of(own).addWarningV2(
      'self-healing:agent-series',
      `${id}: with agent: false the alarms read the roll-ups of every instance in the account and Region that has them, and see at most 500; beyond that protected instances may not be seen`,
    );
  return made;
}

/** Whoever says how many members there may be wants no more of them acted on; shards were made for as many as their alarms see. */
function largestFleet(expectedMembers: number | undefined, shards: number): ChangeConditionProps {
  if (expectedMembers !== undefined) return { largestFleet: expectedMembers };
  return shards > 1 ? { largestFleet: shards * MOST_SERIES } : {};
}

/** What the agent must collect for the symptoms that are named. */
function agentCollections(props: object, more: Shared['more']): readonly AgentCollection[] {
  const named = new Map<string, object | undefined>(Object.entries(props));
  return Object.entries(fleetSymptoms as Readonly<Record<string, Pick<AnySymptom<Fleet>, 'agent'>>>).flatMap(([name, symptom]) => {
    const given = named.get(name);
    return given === undefined ? [] : (symptom.agent?.({ ...more[name], ...givenOf(given) }) ?? []);
  });
}

/** Linux and Windows measure by other names, so that one of the two would never be seen on any machine of the fleet. */
function refuseTwoPlatforms(id: string, collections: readonly AgentCollection[]): void {
  const sections = [...new Set(collections.map(({ section }) => section))];
  const windows = sections.filter(isWindows);
  if (windows.length > 0 && windows.length < sections.length)
    throw new PolicyError(id, [
      `watches ${windows.join(', ')} of Windows and ${sections.filter((section) => !isWindows(section)).join(', ')} of Linux, and no machine has both: protect each platform as a fleet of its own, with platform: 'windows' for cpu and memory there`,
    ]);
}

export function protectionOfDatabase(place: PolicyPlace, id: string, { database, ...props }: DatabaseProtection): readonly OwnDraft[] {
  const target = database.toTarget();
  const group = { kind: 'single', target } as const;
  const { access } = database;
  const made = drafts(new Construct(place.scope, id), place, id, databaseSymptoms, database, props, { group, kind: 'database', more: {} });
  return made.map((draft) => ({ ...draft, actsOn: target.kind, ...(access && { access }) }));
}

/** What all symptoms of one protection share. */
interface Shared {
  readonly group: Policy['group'];
  readonly kind: 'fleet' | 'database';
  /** Values that the protection gives to single symptoms. */
  readonly more: Readonly<Record<string, object>>;
  readonly own?: OwnSeries;
  /** Guardrails where neither the protection nor the symptom says anything. @default - the defaults of all */
  readonly usual?: GuardrailProps;
}

/** The symptoms of a registry behind one type: each gets only the props that its own property has. */
type AnySymptom<Subject> = Symptom<Subject, SymptomProps>;

function drafts<Subject>(
  scope: Construct,
  place: PolicyPlace,
  id: string,
  registry: object,
  subject: Subject,
  props: ProtectionProps,
  shared: Shared,
): readonly OwnDraft[] {
  const symptoms = new Map(Object.entries(registry) as [string, AnySymptom<Subject>][]);
  const { guardrails, runbook, mode, approval, demoteAfter, ...named } = props;
  const modes = { ...(mode && { mode }), ...(approval && { approval }), ...(demoteAfter && { demoteAfter }) };
  const unknown = Object.keys(named).filter((name) => !symptoms.has(name));
  if (unknown.length > 0)
    throw new PolicyError(
      id,
      unknown.map((name) => `${name} is not a symptom; known are ${[...symptoms.keys()].join(', ')}`),
    );
  const given = Object.entries(givenOf(named as Record<string, SymptomProps>));
  for (const [name, value] of given) refuseNoObject(value, id, name);
  if (given.length === 0) throw new PolicyError(id, [`names no symptom to watch; known are ${[...symptoms.keys()].join(', ')}`]);
  const made = given.flatMap(([name, value]) => {
    const symptom = symptoms.get(name) as AnySymptom<Subject>;
    const merged = { guardrails: {}, ...(runbook !== undefined && { runbook }), ...shared.more[name], ...givenOf(value) };
    return draftsOf(scope, place, `${id}-${symptom.name}`, name, symptom, subject, merged, { ...shared, guardrails, modes });
  });
  if (made.length === 0) throw new PolicyError(id, ['makes no policy, so that nothing would be healed']);
  return made;
}

function draftsOf<Subject>(
  scope: Construct,
  { beginning }: PolicyPlace,
  policy: string,
  property: string,
  symptom: AnySymptom<Subject>,
  subject: Subject,
  props: SymptomProps,
  shared: Shared & { readonly guardrails: GuardrailProps | undefined; readonly modes: ModeProps },
): readonly OwnDraft[] {
  const {
    ladder,
    sustainedFor = symptom.sustainedFor,
    probation = DEFAULT_PROBATION,
    guardrails,
    runbook,
    mode,
    approval,
    demoteAfter,
    ...own
  } = props;
  const modes = [{ ...(mode && { mode }), ...(approval && { approval }), ...(demoteAfter && { demoteAfter }) }, shared.modes];
  refuseLateNumbers(own, policy, property);
  checked(symptom.schema, own, policy, property);
  if (symptom.sustainedFor) checked(sustainedSchema, sustainedFor, policy, `${property}.sustainedFor`);
  else if (sustainedFor) throw new PolicyError(policy, [`${property}.sustainedFor: an event does not last; leave it out`]);
  const refusal = symptom.refuses?.(subject, props);
  if (refusal !== undefined) throw new PolicyError(policy, [`${property}: ${refusal}`]);
  const alarmName = (suffix?: string) => `${beginning}${[policy, suffix].filter((part) => part !== undefined).join('-')}`;
  const watching = {
    ...{ scope: new Construct(scope, property), policy, alarmName, props, minutes: sustainedFor?.toMinutes() ?? 0 },
    ...(shared.own && { own: shared.own }),
  };
  const fileSystem = symptom.fileSystem?.(props);
  const service = symptom.service?.(props);
  return symptom.watch(subject, watching).map(({ targets, group, proof, evidence, tells, suffix, ...signals }) => ({
    name: suffix === undefined ? policy : `${policy}-${suffix}`,
    symptom: symptom.name,
    seen: symptom.seen(props),
    signals,
    targets,
    group: group ?? shared.group,
    actsOn: symptom.target,
    ladder: rungsOf(ladder ?? symptom.ladder(subject, props), policy).map((rung) => symptom.fit?.(rung, props) ?? rung),
    guardrails: toPolicyGuardrails(policy, shared.kind, shared.usual, shared.guardrails, guardrails),
    modes,
    probation: givenDuration(probation, policy, `${property}.probation`),
    ...(fileSystem && { fileSystem }),
    ...(service !== undefined && { service }),
    ...(proof && { proof }),
    ...(evidence && { evidence }),
    ...(tells && { tells }),
    ...(runbook !== undefined && { runbook }),
  }));
}
