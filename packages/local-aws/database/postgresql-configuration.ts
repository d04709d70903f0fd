import { DISK_FOLDER, SERVICE_LIMITS } from '../nodes/service-units.ts';

/** PostgreSQL's files inside a node: on the node's own small disk, which can fill and grow. */
export const DATA_FOLDER = `${DISK_FOLDER}/postgresql`;

export const DATABASE_UNIT = 'database.service';

/** Socket folder of the engine inside its node, where its own machine is trusted. */
export const SOCKET_FOLDER = '/run/postgresql';

/** Socket file inside the node behind which the engine's TCP port is. */
export const GATE = '/run/database-gate.sock';

/** Folder with the socket file behind which a standby finds its primary. */
export const PRIMARY_FOLDER = '/run/primary';

/** Small enough for a machine that has other things to do; the disk is memory. */
export const settings = `
listen_addresses = '127.0.0.1'
unix_socket_directories = '${SOCKET_FOLDER}'
max_connections = ${SERVICE_LIMITS.databaseSessions}
shared_buffers = '16MB'
min_wal_size = '4MB'
max_wal_size = '16MB'
wal_level = replica
max_wal_senders = 4
hot_standby = on
ssl = on
ssl_cert_file = 'server.pem'
ssl_key_file = 'server.key'
log_line_prefix = '%m user=%u '
`;

/** Over TCP only encrypted and with a password; the machine itself is trusted, as that of RDS is by RDS. */
export const admissions = `
local   all         all               trust
local   replication all               trust
hostssl all         all  127.0.0.1/32 scram-sha-256
`;

/** The stop is the fast one: sessions are ended, nothing waits for them. An engine that is frozen is killed after it. */
export const databaseUnit = (programs: string) => `[Unit]
Description=PostgreSQL
[Service]
Type=notify
User=postgres
RuntimeDirectory=postgresql
ExecStart=${programs}/postgres -D ${DATA_FOLDER}
KillMode=mixed
KillSignal=SIGINT
TimeoutStopSec=4
Restart=no
`;

/** The engine's TCP port behind a socket file: the host reaches no port in a node, and TLS is for TCP only. */
export const gateUnits: Readonly<Record<string, string>> = {
  'database-gate.socket': `[Socket]\nListenStream=${GATE}\n[Install]\nWantedBy=sockets.target\n`,
  'database-gate.service': '[Service]\nExecStart=/usr/lib/systemd/systemd-socket-proxyd 127.0.0.1:5432\n',
};
