import type { Instant } from '../core/duration.ts';
import type { Incident } from '../core/incident.ts';
import type { Section } from '../core/notice/section.ts';
import type { Policy } from '../core/policy.ts';
import type {
  AutoScalingGroups,
  Commands,
  DatabaseClusters,
  DatabaseSessions,
  Databases,
  Deployments,
  Instances,
  LoadBalancers,
} from '../core/ports.ts';
import type { CommandDocument } from '../remediators/remediator.ts';

/** What diagnostics may read. */
export interface DiagnosticPorts {
  readonly clusters: Pick<DatabaseClusters, 'describe' | 'events'>;
  readonly commands: Pick<Commands, 'agent' | 'look'>;
  readonly databases: Pick<Databases, 'describe' | 'events'>;
  readonly deployments: Pick<Deployments, 'last'>;
  readonly groups: Pick<AutoScalingGroups, 'activities' | 'lastRefresh'>;
  readonly instances: Pick<Instances, 'describe' | 'statusChecks'>;
  readonly loadBalancers: Pick<LoadBalancers, 'findings'>;
  readonly sessions: Pick<DatabaseSessions, 'load' | 'stuck'>;
}

/** IAM actions, and what they may be used on. */
export type DiagnosticPermission =
  | {
      readonly actions: readonly string[];
      /**
       * `targets`: the targets of the policies that it applies to. `document`: its own Command document. `any`: reads for which AWS knows
       * no resource. `login`: the login of the targets' databases.
       */
      readonly on: 'targets' | 'document' | 'any' | 'login';
    }
  | {
      readonly actions: readonly string[];
      readonly on: 'named';
      /** ARNs that a policy names; `{partition}`, `{region}` and `{account}` stand for those of the stack. */
      resources(policy: Policy): readonly string[];
    };

/** What a diagnostic looks at. */
export interface Question {
  readonly incident: Incident;
  readonly policy: Policy;
  readonly now: Instant;
  /** The physical name of the Command document. */
  readonly document: string;
}

/** One look at a target, or at what it depends on, for the person to whom its incident is handed off. It changes nothing. */
export interface Diagnostic {
  /** Kebab-case; the file's name, and that of its Command document where it has one: `lib/documents/<name>.sh`. */
  readonly name: string;
  /** Pure: whether incidents of the policy can want it. Only then is it permitted. */
  appliesTo(policy: Policy): boolean;
  readonly permissions: readonly DiagnosticPermission[];
  readonly document?: CommandDocument;
  /** It goes onto the machine, or into the database: not while the pipeline is paused, or the target is left alone. @default - it reads what AWS says */
  readonly visits?: 'machine' | 'database';
  /** Reads, and says what it saw. What it throws becomes a line in place of the answer. */
  gather(question: Question, ports: DiagnosticPorts): Promise<readonly Section[]>;
}
