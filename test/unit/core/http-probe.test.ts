import { describe, expect, it } from 'vitest';
import { httpProbeSchema, judgeHttp } from '../../../lambdas/core/http-probe.ts';

const request = { name: 'shop', url: 'https://shop.example.com/health', expectedStatus: 200, timeoutMilliseconds: 1_000 };

describe('a probed URL', () => {
  it.each([
    ['available when it answers as expected and in time', { status: 200, milliseconds: 1_000 }, true, 'status 200 after 1000 ms'],
    ['unavailable with another status', { status: 503, milliseconds: 12 }, false, 'status 503 instead of 200 after 12 ms'],
    ['unavailable with a redirect', { status: 301, milliseconds: 12 }, false, 'status 301 instead of 200 after 12 ms'],
    ['unavailable when it answers late', { status: 200, milliseconds: 1_001 }, false, 'answered after 1001 ms, later than 1000 ms'],
    ['unavailable without an answer', { error: 'ECONNREFUSED', milliseconds: 3 }, false, 'no answer after 3 ms: ECONNREFUSED'],
  ] as const)('is %s', (_, answer, available, why) => {
    expect(judgeHttp(request, answer)).toEqual({ available, why, milliseconds: answer.milliseconds });
  });

  it.each([
    { url: 'ftp://x' },
    { url: 'shop' },
    { expectedStatus: 0 },
    { timeoutMilliseconds: 0 },
    { timeoutMilliseconds: 60_000 },
    { method: 'POST' },
  ])('refuses %j', (changes) => {
    expect(httpProbeSchema.safeParse({ ...request, ...changes }).success).toBe(false);
  });
});
