/** What an app imports: `import { Fleet, HealingPipeline, Remedy } from 'self-healing-pipeline'`. */
export type { Notice, Section, Severity, Stage } from '../lambdas/core/notice/notice.ts';
export type { ApprovalLinksProps, LinkHolderProps } from './constructs/approval-links.ts';
export { HttpProbe, type HttpProbeProps } from './constructs/http-probe.ts';
export type { MailFilter, NotificationsProps, QuietHours } from './constructs/notifications.ts';
export { type ClusterFamily, Database } from './database.ts';
export type { DatabaseAccess } from './database-access.ts';
export type { DeployedPolicy, DeployedSymptom, Protection } from './deployed-policy.ts';
export { Fleet, type FleetLoadBalancer } from './fleet.ts';
export type { GuardrailProps } from './guardrails.ts';
export { HealingPipeline, type HealingPipelineProps, type HealProps } from './healing-pipeline.ts';
export type { ApprovalProps, ModeProps } from './modes.ts';
export type { PauseProps } from './pause-watch.ts';
export { PolicyError } from './policy-error.ts';
export type { DatabaseProtection, FleetProtection } from './protection.ts';
export { Remedy, type RemedyRung, type RungTimes } from './remedy.ts';
export { SelfHealingStack, type SelfHealingStackProps } from './self-healing-stack.ts';
export type { SymptomProps } from './symptoms/symptom.ts';
export { Target } from './target.ts';
