import { shortIncident } from '../../lambdas/core/incident.ts';
import { quoted } from './printable.ts';
import type { Screen } from './screen.ts';

const INSTANT = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g;

const INCIDENT = /\b[0-9a-f]{64}\b/g;

/**
 * What the pipeline wrote, as it is read at night: moments in the reader's own zone, as everything beside it, and incidents by the short id
 * that "why" takes. Some of it others wrote: it stays on one line. `--json` has it as it was written.
 */
export function saidShortly(text: string, { time }: Screen): string {
  return quoted(text)
    .replace(INSTANT, (instant) => time(instant))
    .replace(INCIDENT, shortIncident);
}
