import { NODE_BINARY, SERVICE_FOLDER } from './service-units.ts';

/** The file of the simulated agent beside this one; every image has it, as Distributor has the real package. */
export const AGENT_PROGRAM = 'cloudwatch-agent.mts';

/** Name of the agent's service in a node. */
export const AGENT_SERVICE = 'amazon-cloudwatch-agent.service';

/** Where the agent keeps the configurations that it has taken. */
export const AGENT_CONFIGURATIONS = '/opt/aws/amazon-cloudwatch-agent/etc/amazon-cloudwatch-agent.d';

const FOLDER = '/opt/aws/amazon-cloudwatch-agent';

/** Shell script that installs the simulated CloudWatch agent in a node. The service ends at once with a configuration in the namespace Crash. */
export const INSTALL_AGENT = `set -eu
mkdir -p ${FOLDER}/bin ${FOLDER}/logs ${AGENT_CONFIGURATIONS}
printf '%s\\n' '#!/bin/sh' 'exec ${NODE_BINARY} --disable-warning=ExperimentalWarning ${SERVICE_FOLDER}/${AGENT_PROGRAM} "$@"' >${FOLDER}/bin/amazon-cloudwatch-agent-ctl
chmod 0755 ${FOLDER}/bin/amazon-cloudwatch-agent-ctl
cat >/etc/systemd/system/${AGENT_SERVICE} <<'UNIT'
[Unit]
Description=CloudWatch agent of the local AWS

[Service]
ExecStart=/bin/sh -c 'if grep -q "\\"Crash\\"" ${FOLDER}/etc/amazon-cloudwatch-agent.toml; then exit 1; fi; exec sleep infinity'
Restart=always
RestartSec=60

[Install]
WantedBy=multi-user.target
UNIT
systemctl daemon-reload
`;
