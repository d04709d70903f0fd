import { AwsError } from '../../gateway/service.ts';
import type { TimeGrid } from './time-grid.ts';

/** What AWS allows in one answer; also keeps a mistaken request from filling the memory. */
const MAX_DATAPOINTS = 100_800;

/** A reader that asks "since my action" asks for less than a shortened window may hold; five periods are always left to it. */
const MIN_PERIODS = 5;

/**
 * The periods that a read covers when time runs faster than the caller thinks. "The last five minutes" means five periods of a minute,
 * so the window is shortened towards its end by the scale; timestamps stay real, so that they compare with the caller's own clock.
 */
export function readGrid(startMs: number, endMs: number, periodSeconds: number, scale: number): TimeGrid {
  if (endMs <= startMs) throw new AwsError('ValidationError', 'The parameter StartTime must be less than the parameter EndTime.');
  const periodMs = (periodSeconds * 1000) / scale;
  const requestedMs = endMs - startMs;
  const windowMs = Math.min(requestedMs, Math.max(requestedMs / scale, MIN_PERIODS * periodMs));
  const gridEndMs = Math.ceil(endMs / periodMs) * periodMs;
  const slots = Math.ceil((gridEndMs - Math.floor((endMs - windowMs) / periodMs) * periodMs) / periodMs);
  if (slots > MAX_DATAPOINTS)
    throw new AwsError('ValidationError', `You have requested up to ${slots} datapoints, which exceeds the limit of ${MAX_DATAPOINTS}.`);
  return { endMs: gridEndMs, periodMs, slots };
}
