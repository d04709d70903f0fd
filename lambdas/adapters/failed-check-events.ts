import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import type { FailedCheckEvents } from '../core/ports.ts';
import { failedCheckEvent } from '../core/signal.ts';
import { sweepSource } from '../core/sweep-source.ts';
import { putEvents } from './put-events.ts';

/** Events of failed status checks for the pipeline's own rules on the default bus. */
export function failedCheckEvents(pipeline: string, client = new EventBridgeClient({})): FailedCheckEvents {
  return { tell: (failed) => putEvents(sweepSource(pipeline), failed.map(failedCheckEvent), client) };
}
