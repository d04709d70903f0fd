import { shortIncident } from '../../lambdas/core/incident.ts';
import { quoted } from './printable.ts';

/** The incident's id as people type it, or a dash where there is none. */
export function incidentOrDash(id: string | undefined): string {
  return id === undefined ? '-' : shortIncident(id);
}

/** Who did it, as people call each other: the last part of an ARN. */
export function who(arn: unknown): string {
  const name = quoted(String(arn ?? ''))
    .split(/[/:]/)
    .at(-1);
  return name === undefined || name === '' ? '(unknown)' : name;
}
