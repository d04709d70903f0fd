import * as z from 'zod';

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

/** What came back: a whole answer with its status, or what went wrong before there was one. */
export type HttpAnswer = ({ readonly status: number } | { readonly error: string }) & { readonly milliseconds: number };

export interface HttpVerdict {
  readonly available: boolean;
  readonly milliseconds: number;
  readonly why: string;
}

/** Judges an answer: only the expected status in time counts as available. */
export function judgeHttp({ expectedStatus, timeoutMilliseconds }: HttpProbeRequest, answer: HttpAnswer): HttpVerdict {
  const { milliseconds } = answer;
  const rounded = Math.round(milliseconds);
  if ('error' in answer) return { available: false, milliseconds, why: `no answer after ${rounded} ms: ${answer.error}` };
  if (answer.status !== expectedStatus)
    return { available: false, milliseconds, why: `status ${answer.status} instead of ${expectedStatus} after ${rounded} ms` };
  if (milliseconds > timeoutMilliseconds)
    return { available: false, milliseconds, why: `answered after ${rounded} ms, later than ${timeoutMilliseconds} ms` };
  return { available: true, milliseconds, why: `status ${answer.status} after ${rounded} ms` };
}
