import type { Place } from '../../lambdas/adapters/operator-clients.ts';

/** Whose managed policy: a pipeline's, or a hub's. */
export interface Whose extends Place {
  readonly pipeline: string;
  /** Whether the command is for all pipelines of the hub. */
  readonly all?: boolean;
  readonly hub?: string;
}

/** The name of a managed policy; it ends with its Region, which is known here where the command was given one. */
function managed(beginning: string, { region }: Place): string {
  return region === undefined ? `${beginning} followed by its Region` : `${beginning}-${region}`;
}

/** What somebody lacks who may not do what operators do. */
export function operatorsRights(whose: Whose): string {
  const { pipeline, all, hub } = whose;
  return `the managed policy ${managed(`${all && hub !== undefined ? hub : pipeline}-operators`, whose)}`;
}

export function drillsRights(whose: Whose): string {
  if (whose.all) return operatorsRights(whose);
  return `the managed policies ${managed(`${whose.pipeline}-operators`, whose)} and ${managed(`${whose.pipeline}-drills`, whose)}`;
}

export function doctorRights(whose: Whose): string {
  return whose.all ? operatorsRights(whose) : `the managed policy ${managed(`${whose.pipeline}-doctor`, whose)}`;
}

/** No policy of a pipeline lets anybody read stacks. */
export function costRights(whose: Whose): string {
  const reading = ['DescribeStackResources', 'ListStackResources', 'GetTemplate'].map((action) => `cloudformation:${action}`);
  return `${doctorRights(whose)}, and for ${reading.join(', ')}`;
}

/** No policy of a pipeline lets anybody make roles. */
export const deployingRights = 'rights of your own to CloudFormation, and to roles and instance profiles of IAM';
