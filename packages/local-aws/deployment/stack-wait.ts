import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { forward, withoutHopHeaders } from '../gateway/forward.ts';
import type { IncomingCall } from '../gateway/incoming-call.ts';

/** Shorter than the 5 s after which the CDK CLI asks again, so that its next question is not kept waiting behind this one. */
const HOLD_MS = 4500;
const LOOK_EVERY_MS = 100;

/**
 * Whether the call is the CDK CLI's question for the state of a stack. It asks right after it began the deployment and then every
 * 5 s; MiniStack deploys in about one.
 */
export const asksForStack = (call: IncomingCall): boolean => call.service === 'cloudformation' && call.action === 'DescribeStacks';

/** Holds the answer until the stack is deployed, so that the CLI's first question already finds the end. */
export async function answerWhenDeployed(call: IncomingCall, port: number) {
  const deadline = performance.now() + HOLD_MS;
  for (;;) {
    const passed = await forward(call.head, call.body, port);
    const body = await text(passed);
    const inProgress = /<StackStatus>(CREATE|UPDATE|DELETE)_IN_PROGRESS</.test(body);
    if (!inProgress || performance.now() > deadline) {
      return { status: passed.statusCode ?? 502, headers: withoutHopHeaders(passed.headers), body };
    }
    await sleep(LOOK_EVERY_MS);
  }
}
