/** Where an invocation stands, in the words of the API: `status` is the coarse one, `details` the telling one. */
export type InvocationState =
  | { readonly details: 'Pending' | 'InProgress'; readonly status: 'Pending' | 'InProgress' }
  | { readonly details: 'Success' | 'Failed' | 'Cancelled'; readonly status: 'Success' | 'Failed' | 'Cancelled' }
  | { readonly details: 'DeliveryTimedOut' | 'ExecutionTimedOut'; readonly status: 'TimedOut' };

/** What came of one step of the document. */
export interface StepResult {
  readonly name: string;
  readonly state: InvocationState;
  readonly responseCode: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly startedAt: Date;
  readonly endedAt: Date;
}

/** One command on one node. */
export interface Invocation {
  readonly commandId: string;
  readonly instanceId: string;
  readonly instanceName: string;
  state: InvocationState;
  steps: readonly StepResult[];
  /** Ends the command on the node or stops its delivery. */
  readonly abort: AbortController;
}

export interface Command {
  readonly commandId: string;
  readonly documentName: string;
  readonly documentVersion: string;
  readonly comment: string;
  readonly parameters: Readonly<Record<string, readonly string[]>>;
  readonly instanceIds: readonly string[];
  readonly requestedAt: Date;
  readonly expiresAt: Date;
  readonly timeoutSeconds: number;
  readonly stepNames: readonly string[];
  readonly invocations: readonly Invocation[];
}

export const pending: InvocationState = { status: 'Pending', details: 'Pending' };
export const inProgress: InvocationState = { status: 'InProgress', details: 'InProgress' };
export const succeeded: InvocationState = { status: 'Success', details: 'Success' };
export const failed: InvocationState = { status: 'Failed', details: 'Failed' };
export const cancelled: InvocationState = { status: 'Cancelled', details: 'Cancelled' };
export const deliveryTimedOut: InvocationState = { status: 'TimedOut', details: 'DeliveryTimedOut' };
export const executionTimedOut: InvocationState = { status: 'TimedOut', details: 'ExecutionTimedOut' };

export function isOver(state: InvocationState): boolean {
  return state.status !== 'Pending' && state.status !== 'InProgress';
}

/** The command as a whole: under way while any node is, then failed or timed out when any node was. */
export function overallState(states: readonly InvocationState[]): InvocationState {
  if (states.some((state) => !isOver(state))) return states.every((state) => state.status === 'Pending') ? pending : inProgress;
  return states.find((state) => state.status !== 'Success') ?? succeeded;
}
