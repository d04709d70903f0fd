import * as z from 'zod';
import type { ProbeFault } from './probe-fault.ts';

/** What a probe of a URL asks for and expects. */
export const httpProbeSchema = z.strictObject({
  /** The value of the metrics' dimension `Probe`. */
  name: z.string().min(1).max(255),
  url: z.url({ protocol: /^https?$/, error: 'must be an http or https URL' }),
  /** The status of a healthy answer. A redirect is not followed; expect it if it is the healthy answer. */
  expectedStatus: z.int().min(100).max(599),
  /** An answer that takes longer is none. */
  timeoutMilliseconds: z.int().min(100).max(50_000),
  /** PEM of the authority that signed the server's certificate. @default - those that Node.js knows */
  authority: z.string().includes('BEGIN CERTIFICATE').optional(),
});

export type HttpProbeRequest = z.infer<typeof httpProbeSchema>;

/** What a request does, in this order. */
export const httpSteps = ['name', 'tcp', 'tls', 'answer'] as const;

/** How far a request came that had no whole answer: the step that failed, and the system's code where there was an error and not only time. */
export interface HttpFailure {
  readonly step: (typeof httpSteps)[number];
  readonly code?: string;
}

/** What came back: a whole answer with its status, or what went wrong before there was one. */
export type HttpAnswer = ({ readonly status: number } | { readonly error: string; readonly failure: HttpFailure }) & {
  readonly milliseconds: number;
};

export interface HttpVerdict {
  readonly available: boolean;
  readonly milliseconds: number;
  readonly why: string;
  /** Of a URL that is not available. */
  readonly fault?: ProbeFault;
}

/** Judges an answer: only the expected status in time counts as available. */
export function judgeHttp({ expectedStatus, timeoutMilliseconds }: HttpProbeRequest, answer: HttpAnswer): HttpVerdict {
  const { milliseconds } = answer;
  const rounded = Math.round(milliseconds);
  const not = (fault: ProbeFault, why: string) => ({ available: false, milliseconds, fault, why });
  if ('error' in answer) return not(faultOf(answer.failure), `no answer after ${rounded} ms: ${answer.error}`);
  if (answer.status !== expectedStatus)
    return not(faultOfStatus(answer.status), `status ${answer.status} instead of ${expectedStatus} after ${rounded} ms`);
  if (milliseconds > timeoutMilliseconds) return not('silent', `answered after ${rounded} ms, later than ${timeoutMilliseconds} ms`);
  return { available: true, milliseconds, why: `status ${answer.status} after ${rounded} ms` };
}

/** Codes that only something at the other end can have caused. */
const ANSWERED_BY_RESET = /^(ECONNREFUSED|ECONNRESET|ECONNABORTED|EPIPE)$/;
const BROKEN_OFF = /^(ECONNRESET|ECONNABORTED|EPIPE|HPE_.*)$/;

function faultOf({ step, code }: HttpFailure): ProbeFault {
  if (step === 'name') return 'name';
  if (step === 'tcp') return ANSWERED_BY_RESET.test(code ?? '') ? 'refused' : 'path';
  if (step === 'tls') return code === undefined || BROKEN_OFF.test(code) ? 'silent' : 'tls';
  return 'silent';
}

/**
 * A server that fails says 5xx, and one whose application did not come up often 404; 408 is a request that it did not read in
 * time. Every other status that is not expected is a decision of whoever answers: a redirect, a login, a limit of requests.
 */
function faultOfStatus(status: number): ProbeFault {
  return status >= 500 || status === 404 || status === 408 ? 'failing' : 'declined';
}
