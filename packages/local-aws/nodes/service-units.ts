/** Folder of our services inside a node. */
export const SERVICE_FOLDER = '/usr/local/lib/rehearsal';

/** The Node.js that runs the local AWS, bound into the node, because it may lie on a file system that the overlay does not show. */
export const NODE_BINARY = `${SERVICE_FOLDER}/node`;

/** Limits that measurements are a percentage of. */
export const SERVICE_LIMITS = {
  /** An idle Node.js takes about 60 MB, so an unharmed service is far below every sensible threshold. */
  memoryMegabytes: 256,
  /** Share of one core, so that six nodes at full load still leave two cores mostly free. */
  cpuPercentOfOneCore: 20,
  databaseSessions: 50,
} as const;

/** Where the small disk is mounted in a node, and the folder in it whose files are temporary. */
export const DISK_FOLDER = '/srv/web';
export const TEMPORARY_FOLDER = `${DISK_FOLDER}/tmp`;

export interface ServiceUnit {
  readonly name: string;
  readonly program: string;
  readonly description: string;
  readonly startedAtBoot: boolean;
}

export const serviceUnits: readonly ServiceUnit[] = [
  { name: 'web.service', program: 'web-service.mts', description: 'Web service of the local AWS', startedAtBoot: true },
];

/** Above the declared limit, so that a leak is first seen as used memory and only then ended by the kernel. */
const HARD_MEMORY_MEGABYTES = SERVICE_LIMITS.memoryMegabytes + 128;

/**
 * Restart=no, so that a killed service stays down until someone heals it. The service does not depend on basic.target: it may start
 * while the rest of the node still boots. systemd enforces MemoryMax only where the machine delegates the memory controller to nodes.
 */
export function unitText(unit: ServiceUnit): string {
  return `[Unit]
Description=${unit.description}
DefaultDependencies=no
After=systemd-journald.socket
Before=shutdown.target
Conflicts=shutdown.target

[Service]
ExecStart=${NODE_BINARY} --disable-warning=ExperimentalWarning ${SERVICE_FOLDER}/${unit.program}
RuntimeDirectory=${unit.name.replace('.service', '')}
Restart=no
TimeoutStopSec=90
MemoryMax=${HARD_MEMORY_MEGABYTES}M
Environment=MEMORY_LIMIT_MEGABYTES=${SERVICE_LIMITS.memoryMegabytes}
Environment=CPU_LIMIT_PERCENT=${SERVICE_LIMITS.cpuPercentOfOneCore}
Environment=TEMPORARY_FOLDER=${TEMPORARY_FOLDER}

[Install]
WantedBy=multi-user.target
`;
}
