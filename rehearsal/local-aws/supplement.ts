/** What the door adds to the local AWS, one file a service; see `rehearsal/supplements`. */

/** The call's parameters as the service's API names them, whatever the wire protocol was. */
export type Parameters = Readonly<Record<string, unknown>>;

/** Answers one action. The returned object has the API's own member names; the door encodes it for the caller's protocol. */
export type ActionHandler = (parameters: Parameters, upstream: Upstream) => Promise<Record<string, unknown>>;

/** Answers of one service that the local AWS lacks or gets wrong. Actions that are not named pass through unchanged. */
export interface Supplement {
  /** Service as the door names it: `ssm`, `monitoring` (CloudWatch), `autoscaling`, `rds`, `ec2`, `elasticloadbalancing`, `events`. */
  readonly service: string;
  /** One sentence for the report: what is supplemented here, and how AWS does it. */
  readonly note: string;
  readonly actions: Readonly<Record<string, ActionHandler>>;
}

/** The local AWS behind the door. */
export interface Upstream {
  /** Makes the same kind of call at the local AWS itself, without passing the door again. */
  call(service: string, action: string, parameters: Parameters): Promise<Record<string, unknown>>;
  /** Puts events with an `aws.*` source on the default bus, as AWS's own services do. */
  sendEvents(events: readonly AwsEvent[]): Promise<void>;
}

export interface AwsEvent {
  readonly source: string;
  readonly 'detail-type': string;
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, unknown>>;
}

/** An error as the service itself would answer it. */
export class AwsError extends Error {
  readonly code: string;
  readonly status: number;

  constructor(code: string, message: string, status = 400) {
    super(message);
    this.name = 'AwsError';
    this.code = code;
    this.status = status;
  }
}
