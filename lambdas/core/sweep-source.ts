const PREFIX = 'self-healing.';

/** The source of a pipeline's own events: each pipeline of an account sweeps its own alarms only. */
export function sweepSource(pipeline: string): string {
  return `${PREFIX}${pipeline}`;
}

export function isOfSweep(source: string): boolean {
  return source.startsWith(PREFIX);
}
