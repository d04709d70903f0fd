import { AwsError, type Upstream } from '../../gateway/service.ts';

/** As far as the service needs an instance of RDS. */
export interface DbInstance {
  readonly DBInstanceIdentifier: string;
  readonly DBInstanceArn: string;
  readonly DBInstanceStatus: string;
  readonly MultiAZ?: boolean;
  readonly AvailabilityZone?: string;
  readonly AllocatedStorage?: number;
}

type Overlay = Pick<Partial<DbInstance>, 'DBInstanceStatus' | 'AvailabilityZone'>;

/** What of the instances differs from MiniStack's records, for which every change is over at once. */
export class InstanceBook {
  readonly #overlays = new Map<string, Overlay>();

  /** MiniStack writes an empty element for what an instance has none of, where AWS writes no element. */
  overlaid(instance: DbInstance): DbInstance {
    const described = Object.fromEntries(Object.entries(instance).filter(([, value]) => value !== '')) as unknown as DbInstance;
    return { ...described, ...this.#overlays.get(instance.DBInstanceIdentifier) };
  }

  /**
   * Gives an available instance a new status, unless the check throws. Nothing is awaited between the look at the status and the new
   * one, so of two calls at once one is refused.
   */
  async claim(id: string, upstream: Upstream, status: string, check: (instance: DbInstance) => void): Promise<DbInstance> {
    const described = await upstream.call('rds', 'DescribeDBInstances', { DBInstanceIdentifier: id });
    const [found] = (described.DBInstances ?? []) as DbInstance[];
    if (found === undefined) throw new AwsError('DBInstanceNotFound', `DBInstance ${id} not found.`, 404);
    const instance = this.overlaid(found);
    if (instance.DBInstanceStatus !== 'available')
      throw new AwsError('InvalidDBInstanceState', `DB instance ${id} is ${instance.DBInstanceStatus}, not available.`);
    check(instance);
    return this.overlaid({ ...instance, ...this.#change(id, { DBInstanceStatus: status }) });
  }

  /** What was under way is over. */
  available(id: string, changes: Pick<Overlay, 'AvailabilityZone'> = {}): void {
    this.#change(id, { ...changes, DBInstanceStatus: 'available' });
  }

  /** A database that does not come back ends in this status, as on AWS. */
  failed(id: string, error: unknown): void {
    console.error(`The database ${id} did not come back:`, error);
    this.#change(id, { DBInstanceStatus: 'failed' });
  }

  #change(id: string, changes: Overlay): Overlay {
    const overlay = { ...this.#overlays.get(id), ...changes };
    this.#overlays.set(id, overlay);
    return overlay;
  }
}
