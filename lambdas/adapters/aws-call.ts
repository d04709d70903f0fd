import { Defect, messageOf, TargetGone, TryAgain, Uncertain } from '../core/failure.ts';

/** What the SDK puts on an error that a service answered. */
interface ServiceError {
  readonly name: string;
  readonly message: string;
  readonly $metadata: { readonly httpStatusCode: number };
  /** Absent where what the service said could not be read. */
  readonly $fault?: 'client' | 'server';
}

/** Limits of calls and of what runs at a time pass by themselves; others, such as `VolumeLimitExceeded`, are quotas that last. */
const THROTTLED =
  /Throttl|TooManyRequests|ProvisionedThroughputExceeded|^(Request|Bandwidth|(Automation)?Execution)?LimitExceeded(Exception|Fault)?$|ScalingActivityInProgress|ResourceContention|PriorRequestNotComplete|Transaction(InProgress|Conflict)|TooManyUpdates/;
const GONE = /NotFound|InvalidInstanceId|DoesNotExist|ResourceNotFoundException/;

/** Waits between repetitions of a throttled act; three tries, since the workflow can repeat the whole step. */
const THROTTLE_PAUSES_MILLISECONDS = [400, 1_600];

/**
 * Whether the service itself answered that it failed: if it did not, nobody knows what became of the call. Of an answer of success that was
 * cut or cannot be read the SDK makes an error, too.
 */
function isAnswered(error: unknown): error is ServiceError {
  if (!(error instanceof Error)) return false;
  const { $metadata } = error as Partial<ServiceError>;
  return ($metadata?.httpStatusCode ?? 0) >= 400;
}

/** Makes a call that changes nothing; an AWS error becomes one of ours. The SDK's own retries apply. */
export async function reading<T>(what: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw failureOf(what, error, TryAgain);
  }
}

/**
 * Makes a call that acts. Its client must not retry by itself (`actingClient`), since most acts have no idempotency
 * token: only a throttled call, which AWS did not carry out, is made again here. A lost answer is `Uncertain`.
 */
export async function acting<T>(what: string, call: () => Promise<T>): Promise<T> {
  for (const pause of THROTTLE_PAUSES_MILLISECONDS) {
    try {
      return await call();
    } catch (error) {
      if (!(isAnswered(error) && THROTTLED.test(error.name))) throw failureOf(what, error, Uncertain);
      await new Promise((resolve) => setTimeout(resolve, pause * (0.5 + Math.random())));
    }
  }
  try {
    return await call();
  } catch (error) {
    throw failureOf(what, error, Uncertain);
  }
}

/** The id by which an act is looked up. An answer without it leaves as much open as none. */
export function named(what: string, id: string | undefined): string {
  if (id) return id;
  throw new Uncertain(`${what}: AWS gave no id`, undefined);
}

/** SDK settings for a client that acts: one try, and no longer than a function may wait. */
export const actingClient = { maxAttempts: 1 } as const;

function failureOf(what: string, error: unknown, unanswered: typeof TryAgain | typeof Uncertain): Error {
  const message = `${what}: ${error instanceof Error ? error.name : 'error'}: ${messageOf(error)}`;
  if (!isAnswered(error)) return new unanswered(message, error);
  if (THROTTLED.test(error.name)) return new TryAgain(message, error);
  if (error.$metadata.httpStatusCode >= 500) return new unanswered(message, error);
  // It was refused, in words that did not arrive whole: they may have been those of a throttle.
  if (error.$fault === undefined) return new TryAgain(message, error);
  return GONE.test(error.name) ? new TargetGone(message, error) : new Defect(message, error);
}

/**
 * SDK settings for a client that thousands of incidents use in the same second: its throttled calls are repeated five
 * times with full jitter, which spreads them over half a minute, well within a function's minute. A bucket of
 * StartExecution refills with 300 a second in the large Regions, so that is room for some thousands. What is still
 * refused then is repeated by Lambda's own queue, or by the workflow.
 */
export const burstClient = { maxAttempts: 6, retryMode: 'standard' } as const;

/**
 * SDK settings for a client beside which something more urgent waits: two tries of a few seconds each. Of tools people were told already and an
 * incident is to be ended; a Region that does not answer must not keep the other ones from being told.
 */
export const besideClient = {
  maxAttempts: 2,
  requestHandler: { connectionTimeout: 2_000, requestTimeout: 5_000, throwOnRequestTimeout: true },
} as const;
