import { BEFORE_THE_ACT } from './app/measured.ts';

/**
 * Milliseconds that are assumed for AWS, within one Region and warm. None of them was measured by this project; they are round
 * figures of the size that users of these services publish.
 */
const ASSUMED = {
  /** From EventBridge's taking the event to the function's start, at the median. */
  delivery: 150,
  /** What starting a warm function adds. */
  invocation: 15,
  /** One transition of a Standard workflow. */
  transition: 20,
  /** One call of DynamoDB, Systems Manager, CloudWatch or EC2, with what the SDK does for it. */
  roundTrip: 12,
} as const;

/** States of the workflow that are entered until the act: Triage, its choice, and the remedy's own. */
const STATES = 3;

/** What the event to act would take on AWS, by the round trips counted here. */
export function awsEstimate(pipelineRounds: number, floorRounds: number): { floor: number; pipeline: number; states: number } {
  const { delivery, invocation, transition, roundTrip } = ASSUMED;
  return {
    states: STATES,
    floor: delivery + invocation + floorRounds * roundTrip,
    pipeline: delivery + BEFORE_THE_ACT.length * invocation + STATES * transition + pipelineRounds * roundTrip,
  };
}

export const estimateNotes = [
  `Assumed, not measured: ${ASSUMED.delivery} ms for EventBridge to begin, ${ASSUMED.invocation} ms for each warm function, ${ASSUMED.transition} ms for each state,`,
  `${ASSUMED.roundTrip} ms for each round trip. CloudWatch’s own minute or two until the alarm goes off is in neither line.`,
];
