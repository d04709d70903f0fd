import { describe, expect, it } from 'vitest';
import { httpProbeSchema, judgeHttp } from '../../../lambdas/core/http-probe.ts';

const request = { name: 'shop', url: 'https://shop.example.com/health', expectedStatus: 200, timeoutMilliseconds: 1_000 };

describe('a probed URL', () => {
  it('is available when it answers as expected and in time', () => {
    const why = 'status 200 after 1000 ms';
    expect(judgeHttp(request, { status: 200, milliseconds: 1_000 })).toEqual({ available: true, why, milliseconds: 1_000 });
  });

  it.each([
    ['another status', { status: 503, milliseconds: 12 }, 'failing', 'status 503 instead of 200 after 12 ms'],
    ['a late answer', { status: 200, milliseconds: 1_001 }, 'silent', 'answered after 1001 ms, later than 1000 ms'],
    [
      'no answer',
      { error: 'refused', failure: { step: 'tcp', code: 'ECONNREFUSED' }, milliseconds: 3 },
      'refused',
      'no answer after 3 ms: refused',
    ],
  ] as const)('is unavailable with %s', (_, answer, fault, why) => {
    expect(judgeHttp(request, answer)).toEqual({ available: false, fault, why, milliseconds: answer.milliseconds });
  });

  it.each([
    [301, 'declined'],
    [401, 'declined'],
    [403, 'declined'],
    [404, 'failing'],
    [407, 'declined'],
    [408, 'failing'],
    [429, 'declined'],
    [204, 'declined'],
    [500, 'failing'],
    [504, 'failing'],
  ] as const)('that answers %i is %s', (status, fault) => {
    expect(judgeHttp(request, { status, milliseconds: 12 })).toMatchObject({ available: false, fault });
  });

  it.each([
    ['name', 'ENOTFOUND', 'name'],
    ['name', undefined, 'name'],
    ['tcp', undefined, 'path'],
    ['tcp', 'EHOSTUNREACH', 'path'],
    ['tcp', 'ENETUNREACH', 'path'],
    ['tcp', 'ETIMEDOUT', 'path'],
    ['tcp', 'ECONNREFUSED', 'refused'],
    ['tcp', 'ECONNRESET', 'refused'],
    ['tls', undefined, 'silent'],
    ['tls', 'ECONNRESET', 'silent'],
    ['tls', 'CERT_HAS_EXPIRED', 'tls'],
    ['tls', 'EPROTO', 'tls'],
    ['answer', undefined, 'silent'],
    ['answer', 'EPROTO', 'silent'],
    ['answer', 'ECONNRESET', 'silent'],
    ['answer', 'HPE_INVALID_CONSTANT', 'silent'],
  ] as const)('whose step %s fails with %s has the fault %s', (step, code, fault) => {
    const answer = { error: 'x', failure: { step, ...(code && { code }) }, milliseconds: 3 };
    expect(judgeHttp(request, answer)).toMatchObject({ available: false, fault });
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
