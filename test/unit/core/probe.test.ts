import { describe, expect, it } from 'vitest';
import { judgeProbe, type ProbeStep, probeSteps, stepLimitMilliseconds, unreadableLogin } from '../../../lambdas/core/probe.ts';

const upTo = (last: ProbeStep) => probeSteps.slice(0, probeSteps.indexOf(last) + 1).map((step) => ({ step, ok: true, milliseconds: 10 }));

describe('a probe', () => {
  it('finds the database reachable when the query was answered, and takes the time of all steps', () => {
    expect(judgeProbe(upTo('query'))).toEqual({ reachable: true, latencyMilliseconds: 50, why: 'the query was answered after 50 ms' });
  });

  it.each(probeSteps)('names %s when it failed there', (step) => {
    const before = upTo(step).slice(0, -1);
    const verdict = judgeProbe([...before, { step, ok: false, milliseconds: 5_000, why: 'no answer' }]);
    expect(verdict).toMatchObject({ reachable: false, failedStep: step, why: `${step} failed after 5000 ms: no answer` });
  });

  const refused = { kind: 'error', code: 'ECONNREFUSED' } as const;
  const answered = (sqlState: string, code = 'X') => ({ kind: 'error', sqlState, code }) as const;
  const broken = (code: string) => ({ kind: 'error', code }) as const;
  const none = { kind: 'no-answer' } as const;

  it.each([
    ['name', broken('ENOTFOUND'), 'name'],
    ['name', none, 'name'],
    ['tcp', none, 'path'],
    ['tcp', broken('EHOSTUNREACH'), 'path'],
    ['tcp', broken('ENETUNREACH'), 'path'],
    ['tcp', broken('ETIMEDOUT'), 'path'],
    ['tcp', refused, 'refused'],
    ['tcp', broken('ECONNRESET'), 'refused'],
    ['tls', none, 'silent'],
    ['tls', broken('ECONNRESET'), 'silent'],
    ['tls', broken('PROTOCOL_CONNECTION_LOST'), 'silent'],
    ['tls', broken('CERT_HAS_EXPIRED'), 'tls'],
    ['tls', broken('HANDSHAKE_NO_SSL_SUPPORT'), 'tls'],
    ['tls', { kind: 'error' } as const, 'tls'],
    ['tls', answered('28000'), 'login'],
    ['tls', answered('53300'), 'full'],
    ['login', none, 'silent'],
    ['login', broken('ECONNRESET'), 'silent'],
    ['login', answered('28P01'), 'login'],
    ['login', answered('28000'), 'login'],
    ['login', answered('3D000'), 'login'],
    ['login', answered('53300'), 'full'],
    ['login', answered('08004', 'ER_CON_COUNT_ERROR'), 'full'],
    ['login', answered('57P03'), 'starting'],
    ['login', answered('57P01'), 'starting'],
    ['login', answered('08S01', 'ER_SERVER_SHUTDOWN'), 'starting'],
    ['login', answered('HY000', 'ER_HOST_IS_BLOCKED'), 'login'],
    ['login', { kind: 'error' } as const, 'login'],
    ['query', none, 'silent'],
    ['query', broken('EPIPE'), 'silent'],
    ['query', answered('57014'), 'error'],
    ['query', answered('53100'), 'error'],
  ] as const)('whose step %s fails with %j has the fault it should have', (step, failure, fault) => {
    const before = upTo(step).slice(0, -1);
    expect(judgeProbe([...before, { step, ok: false, milliseconds: 1, failure }])).toMatchObject({ reachable: false, fault });
  });

  it('says so where a step failed without a reason', () => {
    expect(judgeProbe([{ step: 'name', ok: false, milliseconds: 1.4 }]).why).toBe('name failed after 1 ms: no reason given');
  });

  it('says of a login that cannot be read that it is no fault of the database', () => {
    expect(unreadableLogin('denied')).toEqual({
      reachable: false,
      latencyMilliseconds: 0,
      fault: 'secret',
      why: 'the login cannot be read: denied',
    });
  });

  it.each([
    [[], 'name', 'name', 0],
    [upTo('name'), 'tcp', 'path', 10],
    [upTo('tcp'), 'tls', 'silent', 20],
    [upTo('login'), 'query', 'silent', 40],
  ] as const)('never finds a database reachable before its query was answered', (results, failedStep, fault, latencyMilliseconds) => {
    const why = `the probe ended before ${failedStep}`;
    expect(judgeProbe(results)).toEqual({ reachable: false, failedStep, fault, latencyMilliseconds, why });
  });

  it('ends within the time of its function, however slow each step is', () => {
    expect(Object.values(stepLimitMilliseconds).reduce((sum, limit) => sum + limit)).toBeLessThan(50_000);
  });
});
