/**
 * SDK settings for a client that thousands of incidents use in the same second: its throttled calls are repeated five
 * times with full jitter, which spreads them over half a minute, well within a function's minute. A bucket of
 * StartExecution refills with 300 a second in the large Regions, so that is room for some thousands. What is still
 * refused then is repeated by Lambda's own queue, or by the workflow.
 */
export const burstClient = { maxAttempts: 6, retryMode: 'standard' } as const;
