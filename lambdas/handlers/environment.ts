/** Reads a variable that the construct of this function sets; without it the function fails at its first start, by name. */
export function environment(
  name:
    | 'PIPELINE'
    | 'INCIDENT_TABLE'
    | 'HISTORY_LOG_GROUP'
    | 'TOPIC_ARN'
    | 'NOTIFY'
    | 'PAUSE_PARAMETER'
    | 'PAUSE_WATCH'
    | 'STATE_MACHINE_ARN'
    | 'DOCUMENT_NAME'
    | 'DATABASE_CONNECTIONS'
    | 'HTTP_PROBE'
    | 'STATUS_CHECKS'
    | 'PROBE_MEMORY'
    | 'PROBE_NETWORK'
    | 'SIGNED_WEBHOOK'
    | 'HUB_BUS'
    | 'LINK_BUS'
    | 'RELEASE'
    | 'HUB'
    | 'PARTITION'
    | 'KNOWN_PIPELINES',
): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`environment variable ${name} is not set`);
  return value;
}

/** Reads a variable that only some pipelines set. */
export function environmentIfSet(
  name:
    | 'APPROVAL_LINKS'
    | 'DATABASE_CONNECTIONS_PATH'
    | 'DRILLS_FOR_HUB'
    | 'DRILLS_FOR_REAL'
    | 'EVENT_BUSES'
    | 'HUB_BUS'
    | 'INCIDENT_METRICS'
    | 'SPREAD',
): string | undefined {
  return process.env[name];
}
