/** What the Systems Manager agent itself makes of time limits and output, before anything reaches the service. */

/** What `aws:runShellScript` allows a step when the document says nothing, or something out of bounds. */
export const DEFAULT_TIMEOUT_SECONDS = 3_600;
const LEAST_TIMEOUT_SECONDS = 5;
const MOST_TIMEOUT_SECONDS = 172_800;

/** The time limit of a step as the agent reads it. */
export function agentTimeoutSeconds(text: string): number {
  const seconds = text.trim() === '' ? Number.NaN : Math.trunc(Number(text));
  const isInBounds = seconds >= LEAST_TIMEOUT_SECONDS && seconds <= MOST_TIMEOUT_SECONDS;
  return isInBounds ? seconds : DEFAULT_TIMEOUT_SECONDS;
}

/** Both streams have the same limit in the agent; the service's reference promises less of the errors. */
const OUTPUT_BYTES = 24_000;
const CUT = '--output truncated--';

/** The output as the agent reports it: from 24,000 bytes on it is cut, and says so in place of the last ones. */
export function reportedOutput(text: string): string {
  const bytes = Buffer.from(text);
  return bytes.length < OUTPUT_BYTES ? text : `${bytes.subarray(0, OUTPUT_BYTES - CUT.length).toString()}${CUT}`;
}
