import { describe, expect, it } from 'vitest';
import { faultInWords, faultNumber, faultNumbered, faultOwners, probeFaults } from '../../../lambdas/core/probe-fault.ts';

describe('a fault that a probe finds', () => {
  it.each(probeFaults)('%s comes back from its number as itself', (fault) => {
    expect(faultNumbered(faultNumber(fault))).toBe(fault);
  });

  it('keeps its number, since numbers stay in CloudWatch when the functions change', () => {
    expect(probeFaults.map((fault) => [faultNumber(fault), fault])).toEqual([
      [1, 'secret'],
      [2, 'name'],
      [3, 'path'],
      [4, 'refused'],
      [5, 'tls'],
      [6, 'login'],
      [7, 'full'],
      [8, 'starting'],
      [9, 'silent'],
      [10, 'error'],
      [11, 'declined'],
      [12, 'failing'],
    ]);
  });

  it('is none with 0, and none that is known with a number of a later version', () => {
    expect([faultNumber(undefined), faultNumbered(0), faultNumbered(99)]).toEqual([0, undefined, undefined]);
  });

  it.each(probeFaults)('%s says where it is, so that a person knows what to mend', (fault) => {
    const words = faultInWords(fault, { to: 'orders.example.com:5432', from: 'security group sg-1', login: 'secret orders' });
    expect(words).toMatch(fault === 'secret' ? /secret orders/ : /orders\.example\.com:5432/);
  });

  it('names who must be let in where nothing comes back', () => {
    expect(faultInWords('path', { to: 'orders:5432', from: 'security group sg-1' })).toContain('let security group sg-1 in there');
  });

  it('speaks of the login where it has no name', () => {
    expect(faultInWords('secret', { to: 'orders:5432', from: 'security group sg-1' })).toMatch(/^the probe cannot read the login: /);
  });

  it('is the target’s only where it was reached and does not answer, or says that it fails', () => {
    expect(probeFaults.filter((fault) => faultOwners[fault] === 'target')).toEqual(['refused', 'silent', 'failing']);
  });
});
