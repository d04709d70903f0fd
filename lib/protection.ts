import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { Policy } from '../lambdas/core/policy.ts';
import type { TargetKind } from '../lambdas/core/target.ts';
import type { AgentCollection } from './agent-configuration.ts';
import { NodeAgent } from './constructs/node-agent.ts';
import type { Signals } from './constructs/policy-rule.ts';
import type { Database } from './database.ts';
import type { DatabaseAccess } from './database-access.ts';
import type { Fleet } from './fleet.ts';
import { type GuardrailProps, wireGuardrails } from './guardrails.ts';
import type { ModeProps, wireMode } from './modes.ts';
import { checked, PolicyError } from './policy-error.ts';
import type { RemedyRung } from './remedy.ts';
import { databaseSymptoms, fleetSymptoms } from './symptoms/registry.ts';
import { type Symptom, type SymptomProps, sustainedSchema } from './symptoms/symptom.ts';
import { wireDuration } from './wire-duration.ts';

/** A policy before its ladder is checked, with the signals that its rule lets in. */
export interface PolicyDraft extends Omit<Policy, 'ladder' | 'guardrails' | keyof ReturnType<typeof wireMode>> {
  /** Without the budget, which is the pipeline's own. */
  readonly guardrails: Omit<Policy['guardrails'], 'budget'>;
  /** What is said of its mode, nearest first. */
  readonly modes: readonly ModeProps[];
  readonly signals: Signals;
  /** The kind of target that the ladder acts on. */
  readonly actsOn: TargetKind;
  readonly ladder: readonly RemedyRung[];
  /** How the database that the ladder acts on is reached, where that is known. */
  readonly access?: DatabaseAccess;
}

type PropsOf<Registry> = { readonly [Name in keyof Registry]?: Registry[Name] extends Symptom<never, infer Props> ? Props : never };

interface ProtectionProps extends ModeProps {
  /** Guardrails of all symptoms of this protection. @default - safe ones, see `GuardrailProps` */
  readonly guardrails?: GuardrailProps;
  /** A page with the team's own instructions, put into every message. @default - none */
  readonly runbook?: string;
}

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
   * configuration. Without its metrics memory, disk and processes are not seen. `false` leaves agents to you.
   * @default - true
   */
  readonly agent?: boolean;
}

/** What to protect in a database. A symptom is watched if it is named; `{}` takes all of its defaults. */
export interface DatabaseProtection extends ProtectionProps, PropsOf<typeof databaseSymptoms> {
  readonly database: Database;
}

const DEFAULT_PROBATION = Duration.minutes(3);

export function protectionOfFleet(
  scope: Construct,
  pipeline: string,
  id: string,
  { fleet, service, agent = true, ...props }: FleetProtection,
): readonly PolicyDraft[] {
  const withService = service === undefined ? {} : { service };
  const more = { serviceDown: withService, unhealthyTargets: withService };
  const own = new Construct(scope, id);
  const made = drafts(own, pipeline, id, fleetSymptoms, fleet, props, { group: fleet.toGroup(id), kind: 'fleet', more });
  const collections = agentCollections(props, more);
  if (agent && collections.length > 0) new NodeAgent(own, 'Agent', { pipeline, protection: id, fleet, collections });
  return made;
}

/** What the agent must collect for the symptoms that are named. */
function agentCollections(props: object, more: Shared['more']): readonly AgentCollection[] {
  const named = new Map<string, object | undefined>(Object.entries(props));
  return Object.entries(fleetSymptoms as Readonly<Record<string, Pick<AnySymptom<Fleet>, 'agent'>>>).flatMap(([name, symptom]) => {
    const given = named.get(name);
    return given === undefined ? [] : (symptom.agent?.({ ...more[name], ...given }) ?? []);
  });
}

export function protectionOfDatabase(
  scope: Construct,
  pipeline: string,
  id: string,
  { database, ...props }: DatabaseProtection,
): readonly PolicyDraft[] {
  const target = database.toTarget();
  const group = { kind: 'single', target } as const;
  const { access } = database;
  const made = drafts(new Construct(scope, id), pipeline, id, databaseSymptoms, database, props, { group, kind: 'database', more: {} });
  return made.map((draft) => ({ ...draft, actsOn: target.kind, ...(access && { access }) }));
}

/** What all symptoms of one protection share. */
interface Shared {
  readonly group: Policy['group'];
  readonly kind: 'fleet' | 'database';
  /** Values that the protection gives to single symptoms. */
  readonly more: Readonly<Record<string, object>>;
}

/** The symptoms of a registry behind one type: each gets only the props that its own property has. */
type AnySymptom<Subject> = Symptom<Subject, SymptomProps>;

function drafts<Subject>(
  scope: Construct,
  pipeline: string,
  id: string,
  registry: object,
  subject: Subject,
  props: ProtectionProps,
  shared: Shared,
): readonly PolicyDraft[] {
  const symptoms = new Map(Object.entries(registry) as [string, AnySymptom<Subject>][]);
  const { guardrails, runbook, mode, approval, demoteAfter, ...named } = props;
  const modes = { ...(mode && { mode }), ...(approval && { approval }), ...(demoteAfter && { demoteAfter }) };
  const unknown = Object.keys(named).filter((name) => !symptoms.has(name));
  if (unknown.length > 0)
    throw new PolicyError(
      id,
      unknown.map((name) => `${name} is not a symptom; known are ${[...symptoms.keys()].join(', ')}`),
    );
  const given = Object.entries(named as Record<string, SymptomProps | undefined>).flatMap(([name, value]) =>
    value === undefined ? [] : [{ name, value }],
  );
  if (given.length === 0) throw new PolicyError(id, [`names no symptom to watch; known are ${[...symptoms.keys()].join(', ')}`]);
  return given.flatMap(({ name, value }) => {
    const symptom = symptoms.get(name) as AnySymptom<Subject>;
    const merged = { guardrails: {}, ...(runbook !== undefined && { runbook }), ...shared.more[name], ...value };
    return draftsOf(scope, pipeline, `${id}-${symptom.name}`, name, symptom, subject, merged, { ...shared, guardrails, modes });
  });
}

function draftsOf<Subject>(
  scope: Construct,
  pipeline: string,
  policy: string,
  property: string,
  symptom: AnySymptom<Subject>,
  subject: Subject,
  props: SymptomProps,
  shared: Shared & { readonly guardrails: GuardrailProps | undefined; readonly modes: ModeProps },
): readonly PolicyDraft[] {
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
  checked(symptom.schema, own, policy, property);
  if (symptom.sustainedFor) checked(sustainedSchema, sustainedFor, policy, `${property}.sustainedFor`);
  else if (sustainedFor) throw new PolicyError(policy, [`${property}.sustainedFor: an event does not last; leave it out`]);
  const refusal = symptom.refuses?.(subject, props);
  if (refusal !== undefined) throw new PolicyError(policy, [`${property}: ${refusal}`]);
  const alarmName = (suffix?: string) => [pipeline, policy, suffix].filter((part) => part !== undefined).join('-');
  const watching = { scope: new Construct(scope, property), policy, alarmName, props, minutes: sustainedFor?.toMinutes() ?? 0 };
  return symptom.watch(subject, watching).map(({ targets, group, proof, evidence, suffix, ...signals }) => ({
    name: suffix === undefined ? policy : `${policy}-${suffix}`,
    symptom: symptom.name,
    seen: symptom.seen(props),
    signals,
    targets,
    group: group ?? shared.group,
    actsOn: symptom.target,
    ladder: ladder ?? symptom.ladder(subject, props),
    guardrails: wireGuardrails(shared.kind, shared.guardrails, guardrails),
    modes,
    probation: wireDuration(probation),
    ...(proof && { proof }),
    ...(evidence && { evidence }),
    ...(runbook !== undefined && { runbook }),
  }));
}
