import { ownConnection } from './forward.ts';
import { callIn, type Place, USUAL_PLACE } from './place.ts';

/** What came of one run of a function. */
export interface FunctionRun {
  /** The end of its log, at most 4 KB, as Lambda gives it. */
  readonly log: string;
  /** What the function failed with. */
  readonly error?: string;
}

/** Runs a function and waits for its end. `endpoint` is the local AWS's own, so that the run is not taken for a call of the pipeline. */
export async function invokeFunction(endpoint: string, name: string, place: Place = USUAL_PLACE): Promise<FunctionRun> {
  const response = await fetch(`${endpoint}/2015-03-31/functions/${name}/invocations`, {
    method: 'POST',
    headers: {
      ...ownConnection,
      'x-amz-log-type': 'Tail',
      ...callIn(place, 'lambda'),
    },
    body: '{}',
  });
  const body = await response.text();
  if (!response.ok) throw new Error(`Lambda answered ${response.status}: ${body}`);
  const log = Buffer.from(response.headers.get('x-amz-log-result') ?? '', 'base64').toString('utf8');
  return { log, ...(response.headers.has('x-amz-function-error') && { error: body }) };
}
