import * as z from 'zod';
import { calendarSchema, deploymentGroupSchema } from './change-conditions.ts';
import { durationSchema } from './duration.ts';
import { fileSystemSchema } from './file-system.ts';
import { demotions, modeSchema } from './mode.ts';
import { protectedWindowSchema } from './protected-window.ts';
import { statusCheckNames } from './status-check.ts';
import { instanceIdSchema, targetKey, targetSchema } from './target.ts';

// Longer than 250 lines: all that a policy can say, in one place.

/** Names of pipelines, policies and fleets: they become parts of alarm, rule and log group names. */
export const nameSchema = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9-]{0,62}$/, 'must begin with a letter and have only letters, digits and hyphens (at most 63)');

/** One remediation of the ladder. */
export const rungSchema = z.strictObject({
  /** The remediator's name, as in the registry. */
  remedy: z.string().min(1),
  /** The remediator's own parameters; checked against its schema at synth and again before acting. */
  params: z.record(z.string(), z.unknown()),
  /** Whether the remedy changes anything. One that does not takes no slot, needs no cooldown, and does not count as an attempt. */
  acts: z.boolean(),
  /** Time after the act before the first look. Prevents reading a symptom that the act has not had time to change. */
  settle: durationSchema,
  /** Time after settling in which the symptom must be gone; then the next rung. Prevents waiting for ever on a cure that did not work. */
  verifyWithin: durationSchema,
  /**
   * How long after it was written down the act may be under way at the most: until then nothing is judged or done beside it, unless AWS
   * says that it ended. @default - what the remediator says
   */
  longest: durationSchema.optional(),
});

export type Rung = z.infer<typeof rungSchema>;

/** How the targets of an alarm are found. */
const selectorSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('fixed'), target: targetSchema }),
  /** The contributor event names the instance. Of `shards` alarms each sees its own part of the members; without it one sees all. */
  z.strictObject({ kind: z.literal('contributor'), attribute: z.string().min(1), shards: z.int().min(2).max(50).optional() }),
  /** The load balancer says which targets of the group are unhealthy. */
  z.strictObject({ kind: z.literal('unhealthy-targets'), targetGroupArn: z.string().startsWith('arn:') }),
]);

/** The set of targets that shares a blast radius. */
export const groupSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('tagged'), name: nameSchema, key: z.string().min(1), value: z.string() }),
  z.strictObject({ kind: z.literal('auto-scaling-group'), name: z.string().min(1) }),
  z.strictObject({ kind: z.literal('instances'), name: nameSchema, ids: z.array(instanceIdSchema).min(1) }),
  z.strictObject({ kind: z.literal('single'), target: targetSchema }),
]);

export type Group = z.infer<typeof groupSchema>;

/** A metric whose fresh datapoints prove that the target still reports. */
const proofSchema = z.strictObject({
  namespace: z.string().min(1),
  metric: z.string().min(1),
  /** Its dimensions, beside the attributes of a contributor. */
  dimensions: z.record(z.string(), z.string()),
  /** Further dimensions of the metric, of which any value proves it. */
  unasked: z.array(z.string().min(1)).optional(),
  /** Without a datapoint for this long the target is silent, and its symptom is not known. Prevents waiting for ever on a dead target. */
  within: durationSchema,
});

export type ProofMetric = z.infer<typeof proofSchema>;

/** What says whether the symptom is there, where it is not the alarm that opened the incident. */
const evidenceSchema = z.discriminatedUnion('kind', [
  /** An alarm that goes with the symptom, for signals that are no alarms. */
  z.strictObject({ kind: z.literal('alarm'), name: z.string().min(1) }),
  /** The target's own status, as RDS describes it. */
  z.strictObject({ kind: z.literal('database-status') }),
  /** One of EC2's status checks of the instance. */
  z.strictObject({ kind: z.literal('status-check'), check: z.enum(statusCheckNames) }),
  /** The alarm that opened the incident, and behind it what a probe found and whether the target gives other signs of life. */
  z.strictObject({
    kind: z.literal('probe'),
    /** The metric that is 1 when the probe had its answer, and its only dimension; the probe's other metrics have the same. */
    metric: z.enum(['Reachable', 'Availability']),
    dimension: z.enum(['Database', 'Probe']),
    name: z.string().min(1),
    /** What the words about a fault name. */
    way: z.strictObject({ to: z.string(), from: z.string(), login: z.string().optional() }),
    /** A metric that AWS itself measures at the target, beside the probe's way. @default - there is none; then nothing tells a dead host from a closed way */
    life: z
      .strictObject({
        /** `connections` is alive while it has values, and serves others while they are above 0; a `status-check` while it is 0. */
        kind: z.enum(['connections', 'status-check']),
        namespace: z.string().min(1),
        metric: z.string().min(1),
        dimensions: z.record(z.string(), z.string()),
        /** How late its values may come. Prevents taking one that is on its way for one that is missing. */
        lateBy: durationSchema,
      })
      .optional(),
  }),
]);

export type ProbeEvidence = Extract<z.infer<typeof evidenceSchema>, { kind: 'probe' }>;

/** Members that must stay healthy beside the target, in percent of the group. Prevents taking out the last ones that serve. */
const healthyFloorSchema = z.strictObject({ percent: z.number().min(0).max(100) });

/**
 * Most members in remediation at once: of the group the smaller of both, of each Availability Zone its percent; at
 * least one. Prevents the repair that takes the fleet, or all of a zone, down.
 */
const blastRadiusSchema = z.strictObject({
  percent: z.number().gt(0).max(100),
  members: z.int().min(1),
  zonePercent: z.number().gt(0).max(100),
});

/** The target's own alarm of another kind, as of a probe, or what EC2 or RDS itself says of it. */
const secondOpinionSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('alarm'), name: z.string().min(1) }),
  z.strictObject({ kind: z.literal('status') }),
]);

/** Of fewer tries nothing can be said; of more only the latest are kept. */
const passOverSchema = z.strictObject({
  belowPercent: z.number().gt(0).max(100),
  tries: z.int().min(10, 'must be at least 10: fewer say little').max(30, 'must be at most 30'),
});

const guardrailsSchema = z.strictObject({
  /** Time after an attempt in which nothing else acts on the same target, under any policy. Prevents judging a cure before it could work. */
  cooldown: durationSchema,
  /** Factor by which the cooldown grows with each attempt in a row that did not help. 1 keeps it as it is. */
  cooldownGrowth: z.number().min(1).max(10),
  /** The longest that a growing cooldown gets. */
  cooldownAtMost: durationSchema,
  /** More incidents than `most` of the policy on one target in the period are flapping. Prevents repairing an alarm that toggles. */
  flapping: z.strictObject({ most: z.int().min(1).max(1_000), per: durationSchema }),
  /** A rung that failed on the target within this time is passed over while another one is left. */
  rungMemory: durationSchema,
  /** Failed repairs in a row, on any targets, that stop the policy, and for how long. Prevents a wrong cure from being spread over a fleet. */
  breaker: z.strictObject({ failures: z.int().min(1).max(100), openFor: durationSchema }),
  /** Most acts of the whole pipeline in a period. Prevents a pipeline that is wrong from being wrong everywhere. */
  budget: z.strictObject({ acts: z.int().min(1).max(500), per: durationSchema }),
  healthyFloor: healthyFloorSchema,
  /** Most attempts on one target in a period, over all policies. Prevents the endless repair loop. */
  attempts: z.strictObject({ most: z.int().min(1).max(100), per: durationSchema }),
  blastRadius: blastRadiusSchema,
  /**
   * When the same symptom on several members of the group is one incident for a person: on this percentage of the
   * members or on this many targets, whichever is fewer, but at least three, within this time; or on more than half of
   * the group at any time. Prevents the mass repair of what a deployment, a dependency or the network did.
   */
  storm: z.strictObject({
    percent: z.number().gt(0).max(100),
    /** Bounded by how many arrivals triage reads. */
    targets: z.int().min(3).max(40),
    within: durationSchema,
    /** The storm is over when it has reached no further member for this long. Prevents resuming repairs into a lull. */
    exitAfter: durationSchema,
  }),
  /** Targets with this tag (any value but `false`) are never acted on. */
  excludeTag: z.string().min(1),
  /** How long an incident waits for a cooldown, a busy target, a slot or a readable symptom before a person is called. */
  waitAtMost: durationSchema,
  /** How often a waiting or verified incident looks again when nothing says when the answer will be there. */
  lookEvery: durationSchema,
  /** Events older than this are not acted on. Prevents repairing what is no longer broken. */
  signalAtMost: durationSchema,
  /** Most members that the group is expected to have; a larger one is not acted on. Prevents the repair of everything after a wrong tag. */
  largestFleet: z.int().min(1).optional(),
  /** Fewest members with the symptom before one is acted on. Prevents repairing what is normal for a few of the fleet. */
  atLeastIll: z.int().min(2).max(1_000).optional(),
  /** What else must find the target ill before a costly remedy. Prevents an outage for what only one source sees. */
  secondOpinion: secondOpinionSchema.optional(),
  /** A remedy that helped in less than this share of the last so many tries under the policy is passed over. Prevents outages for what does not help. */
  passOver: passOverSchema.optional(),
  /** Times in which nothing is changed. Prevents a restart in the middle of a batch run or of trading hours. */
  protectedWindows: z.array(protectedWindowSchema).min(1).max(20).optional(),
  /** Change calendars that must be open. Prevents a change in the middle of a change freeze. */
  calendars: z.array(calendarSchema).min(1).max(10).optional(),
  /** `act` where the targets do not depend on what AWS Health reports of. */
  duringProviderEvents: z.literal('act').optional(),
  /** Deployment groups that must be at rest. Prevents that a healer and a rollout together take out too many members. */
  deployments: z.array(deploymentGroupSchema).min(1).max(10).optional(),
  /** `act` where rollouts are so long or frequent that waiting for them would leave faults unhealed. */
  duringDeployments: z.literal('act').optional(),
  /** While an alarm stays in ALARM, time after an incident that changed nothing before the sweep opens another. Prevents that a pause leaves faults unhealed for ever. */
  tryAgainAfter: durationSchema,
});

/** How people are asked before a rung that changes something. */
const approvalSchema = z.strictObject({
  /** Time to answer; silence means no. Prevents a late yes to what is no longer the case. */
  within: durationSchema,
  /** How many different people must approve. */
  approvers: z.int().min(1).max(10),
});

/** Another group of the pipeline that may have the same machines, with the strictest limits of its policies. */
const alongsideSchema = z.strictObject({ group: groupSchema, blastRadius: blastRadiusSchema, healthyFloor: healthyFloorSchema });

export type Alongside = z.infer<typeof alongsideSchema>;

/**
 * What to do about one symptom of one set of targets: which ladder under which guardrails. It is checked at synth,
 * travels inside the EventBridge rule with every event, and is checked again by intake.
 */
export const policySchema = z.strictObject({
  name: nameSchema,
  /** The symptom's name, as in metrics and messages. */
  symptom: z.string().min(1),
  /** The symptom in the words of a message: "memory used above 90 %". */
  seen: z.string().min(1),
  targets: selectorSchema,
  group: groupSchema,
  /**
   * The other groups of the pipeline that may have the target, too. Prevents that two policies, each with a group of its own, take out
   * more of the same machines than either allows. @default - none
   */
  alongside: z.array(alongsideSchema).optional(),
  ladder: z.array(rungSchema).min(1, 'needs at least one rung').max(10),
  guardrails: guardrailsSchema,
  /** How much it may do by itself. */
  mode: modeSchema,
  approval: approvalSchema,
  /** What turns `automatic` into `approval` until an operator takes it back. Prevents repeating what was just seen not to work. */
  demoteAfter: z.enum(demotions),
  /** How long the symptom must stay gone before the incident is closed as recovered. Prevents closing on a lull. */
  probation: durationSchema,
  proof: proofSchema.optional(),
  /** @default - the alarm that opened the incident */
  evidence: evidenceSchema.optional(),
  /** `false` where nothing may be kept of what scripts on the machines wrote. @default - it is kept, without secrets */
  keepOutput: z.literal(false).optional(),
  /** A page with the team's own instructions; put into every message. */
  runbook: z.url().optional(),
  /** What a drill for real can fill. @default - the symptom is none of a disk, or an earlier version deployed it: nothing */
  fileSystem: fileSystemSchema.optional(),
  /** The service that is down when the symptom is there, of a policy that watches one. */
  service: z.string().min(1).optional(),
});

export type Policy = z.infer<typeof policySchema>;
export type Guardrails = Policy['guardrails'];

/** The name under which a symptom is counted over all members of the group and all policies that watch it there. */
export function symptomKey({ group, symptom }: Pick<Policy, 'group' | 'symptom'>): string {
  return `${groupKey(group)}#${symptom}`;
}

/** The name under which a group's blast radius is counted: the same for all policies of the group. */
export function groupKey(group: Group): string {
  if (group.kind === 'single') return `single#${targetKey(group.target)}`;
  return `${group.kind}#${group.name}`;
}
