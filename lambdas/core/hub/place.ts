/** Where a pipeline is, and its name: of one name there may be one in each account and Region. */
export interface PipelinePlace {
  readonly account: string;
  readonly region: string;
  readonly pipeline: string;
}

/** Under which the pipelines stand in the hub's table. */
export const PIPELINES = 'pipeline';

/** One line for a place, and its key in the hub's table. */
export function placeKey({ account, region, pipeline }: PipelinePlace): string {
  return `${account}/${region}/${pipeline}`;
}
