import type { AwsError } from './service.ts';

/** One call as it is seen by whoever may disturb it. */
export interface DisturbableCall {
  readonly service: string;
  readonly action: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Port of the caller's end of the connection, by which its process can be found. */
  readonly callerPort: number;
}

/**
 * What happens to a call on its way. `error` and `answer` answer in place of the service, which sees nothing of it. `dropAnswer` cuts the connection: with `after` the
 * summary was done and only its answer is lost, without it the call never arrived; a client cannot tell the two apart.
 */
export type Disturbance =
  | 'pass'
  | { readonly error: AwsError }
  | { readonly answer: Readonly<Record<string, unknown>> }
  | { readonly dropAnswer: true; readonly after: boolean }
  | { readonly delayMs: number };

export type Disturb = (call: DisturbableCall) => Disturbance;
