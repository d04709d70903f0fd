/** The source of what a hub sends to the buses of pipelines. */
export const HUB_SOURCE = 'self-healing-hub';

/** What every pipeline takes from its hub. */
export const PAUSE_TYPE = 'pause';

/** What one takes besides that lets its hub ask for drills; it takes nothing else. */
export const DRILL_REQUEST_TYPE = 'drill';

/** What pipelines tell their hub of themselves. */
export const REPORT_TYPE = 'report';

/** How the sources of reports begin; the name of the pipeline follows. */
export const REPORTS_BEGINNING = 'self-healing-report.';

export function reportSource(pipeline: string): string {
  return `${REPORTS_BEGINNING}${pipeline}`;
}

/** How the names of the buses begin at which pipelines listen to their hub. */
export const LINKS_BEGINNING = 'self-healing-link-';

/** The bus of a pipeline at which it listens to its hub, and from which it speaks to it. */
export function linkBusName(pipeline: string): string {
  return `${LINKS_BEGINNING}${pipeline}`;
}

/** The name of a hub where none is given. */
export const USUAL_HUB = 'healing-hub';

/** The table in which a hub keeps the last report of each pipeline. */
export function hubTableName(hub: string): string {
  return `${hub}-pipelines`;
}
