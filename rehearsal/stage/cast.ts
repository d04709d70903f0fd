/**
 * Who plays in the rehearsal: the names of what a user's account would have, given to the default app as context, and
 * the nodes behind them.
 */
export const cast = {
  stack: 'SelfHealing',
  pipeline: 'healing',
  service: 'web',
  /** The small file system of every node, and the folder in it that holds temporary files. */
  disk: '/srv/web',
  cacheFolder: '/srv/web/tmp',
  /** Nodes that carry the tag of the protected fleet. */
  fleet: ['web-1', 'web-2'],
  fleetTag: { key: 'SelfHeal', value: 'enabled' },
  group: { name: 'shop', min: 2, max: 4, desired: 2 },
  loadBalancer: 'app/shop/50dc6c495c0c9188',
  targetGroup: 'targetgroup/shop/73e2d6bc24d8a067',
  database: { id: 'orders', node: 'orders-1', connectionsAbove: 30 },
} as const;

/** The context with which the default app is synthesized for the rehearsal, as a user writes it into `cdk.json`. */
export const castContext: Readonly<Record<string, string | number | readonly string[]>> = {
  stack: cast.stack,
  service: cast.service,
  diskPath: cast.disk,
  cacheFolders: [cast.cacheFolder],
  autoScalingGroup: cast.group.name,
  loadBalancer: cast.loadBalancer,
  targetGroup: cast.targetGroup,
  database: cast.database.id,
  databaseConnectionsAbove: cast.database.connectionsAbove,
};

/**
 * How many times faster than on AWS alarm periods and the policies' durations pass: a minute takes two seconds, the
 * least in which a node can be measured and repaired. What AWS and the nodes really do takes its own time.
 */
export const TIME_SCALE = 30;
