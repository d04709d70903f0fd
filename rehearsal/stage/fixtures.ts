/**
 * Who plays in the rehearsal: the names of what a user's account would have, given to the default app as context, and
 * the nodes behind them.
 */
export const fixtures = {
  stack: 'SelfHealing',
  pipeline: 'healing',
  service: 'web',
  /** The small file system of every node, and the folder in it that holds temporary files. */
  disk: '/srv/web',
  cacheFolder: '/srv/web/tmp',
  /** Nodes that carry the tag of the protected fleet. */
  fleet: ['web-1', 'web-2'],
  /** One node more with the same tag, whose disk is a volume; the disk of the others is memory. */
  volume: { node: 'web-3', device: '/dev/sdf', gibibytes: 8, ceilingGibibytes: 20 },
  fleetTag: { key: 'SelfHeal', value: 'enabled' },
  group: { name: 'shop', min: 2, max: 4, desired: 2 },
  loadBalancer: 'app/shop/50dc6c495c0c9188',
  targetGroup: 'targetgroup/shop/73e2d6bc24d8a067',
  database: {
    id: 'orders',
    nodes: ['orders-1', 'orders-2'],
    allocatedGibibytes: 20,
    connectionsAbove: 30,
    freeBelowGibibytes: 5,
    /** Name of the secret with the pipeline's login. */
    secret: 'orders/self-healing',
    /** The endpoint's name where the functions run, and where the application runs. */
    host: 'localhost',
    endpointForApplication: 'orders.internal',
  },
  /** The application that works with the database, on a node that no fleet has. */
  checkout: { node: 'checkout-1', instanceId: 'i-0c4ec007400000001' },
} as const;

/** What is known of the places only when they are there. */
export interface FixturePlaces {
  /** Port of the database's endpoint, and PEM of the authority that signed its certificate. */
  readonly databasePort: number;
  readonly databaseAuthority: string;
  readonly siteUrl: string;
}

/** The context with which the default app is synthesized for the rehearsal, as a user writes it into `cdk.json`. */
export const fixturesContext = (
  places: FixturePlaces,
): { readonly stack: string } & Readonly<Record<string, string | number | boolean | readonly string[]>> => ({
  stack: fixtures.stack,
  drills: true,
  service: fixtures.service,
  diskPath: fixtures.disk,
  volumeCeilingGibibytes: fixtures.volume.ceilingGibibytes,
  volumeDevice: fixtures.volume.device,
  cacheFolders: [fixtures.cacheFolder],
  autoScalingGroup: fixtures.group.name,
  loadBalancer: fixtures.loadBalancer,
  targetGroup: fixtures.targetGroup,
  database: fixtures.database.id,
  databaseConnectionsAbove: fixtures.database.connectionsAbove,
  // One database plays all scenarios of its track, so that it is acted on more often than is usual.
  databaseAttempts: 10,
  databaseCooldownMinutes: 2,
  databaseStorageBelowGibibytes: fixtures.database.freeBelowGibibytes,
  databaseStorageCeilingGibibytes: 100,
  databaseHost: fixtures.database.host,
  databaseSecret: fixtures.database.secret,
  // There are no networks here: the functions run on this machine.
  databaseVpc: 'vpc-0123456789abcdef0',
  databaseSubnets: ['subnet-0123456789abcdef0'],
  siteInstance: fixtures.checkout.instanceId,
  sitePgbouncer: true,
  ...places,
});

/**
 * How many times faster than on AWS alarm periods and the policies' durations pass: a minute takes two seconds, the
 * least in which a node can be measured and repaired. What AWS and the nodes really do takes its own time.
 */
export const TIME_SCALE = 30;
