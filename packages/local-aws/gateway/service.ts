/** What the gateway adds to the local AWS, one file a service; see `services/`. */

/** The call's parameters as the service's API names them, whatever the wire protocol was. */
export type Parameters = Readonly<Record<string, unknown>>;

/**
 * Answers one action. Parameters and answer have the API's own member names and types (numbers, booleans, `Date` for timestamps),
 * whatever the wire protocol; the gateway decodes and encodes by the service's model. An `AwsError` thrown here reaches the caller as
 * the service's own error: `code` may be the shape's name or the query protocol's code.
 */
export type ActionHandler = (parameters: Parameters, upstream: Upstream) => Promise<Record<string, unknown>>;

/** Answers of one service that the local AWS lacks or gets wrong. Actions that are not named pass through unchanged. */
export interface Service {
  /** Service as the gateway names it: `ssm`, `monitoring` (CloudWatch), `autoscaling`, `rds`, `ec2`, `elasticloadbalancing`, `events`. */
  readonly service: string;
  /** One sentence for the report: what is added here, and how AWS does it. */
  readonly note: string;
  readonly actions: Readonly<Record<string, ActionHandler>>;
  /** CloudFormation resource types that the local AWS cannot deploy and this service keeps instead, by type name. */
  readonly resources?: Readonly<Record<string, SuppliedResource>>;
}

/**
 * Creates, updates and deletes one CloudFormation resource. The properties are those of the template with everything resolved,
 * in the resource type's own shape: numbers and booleans come as in the template, not as the strings of a custom resource's event.
 */
export interface SuppliedResource {
  create(properties: Parameters, identity: ResourceIdentity, upstream: Upstream): Promise<SuppliedResourceState>;
  /** A returned physical id that differs from the old one replaces the resource: CloudFormation then deletes the old id. */
  update(physicalId: string, properties: Parameters, identity: ResourceIdentity, upstream: Upstream): Promise<SuppliedResourceState>;
  /** Deleting what is already gone is no error, as in CloudFormation. */
  delete(physicalId: string, upstream: Upstream): Promise<void>;
}

/** What CloudFormation knows of the resource besides its properties; the name of an unnamed resource is built from it. */
export interface ResourceIdentity {
  readonly stackName: string;
  readonly logicalId: string;
}

export interface SuppliedResourceState {
  /** What `Ref` gives: the alarm's name, the document's name. */
  readonly physicalId: string;
  /** What `Fn::GetAtt` gives, by attribute name, e.g. `Arn`. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** The local AWS behind the gateway. */
export interface Upstream {
  /** Makes the same kind of call at the local AWS itself, without passing the gateway again. */
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
