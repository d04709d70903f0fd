import { describe, expect, it } from 'vitest';
import { agentTimeoutSeconds, reportedOutput } from '../../services/run-command/agent-limits.ts';

describe("the agent's time limit of a step", () => {
  it.each([
    ['5', 5],
    ['172800', 172_800],
    ['90.7', 90],
    ['4', 3_600],
    ['0', 3_600],
    ['-60', 3_600],
    ['172801', 3_600],
    ['soon', 3_600],
    ['', 3_600],
  ])('that the document gives as "%s" is %d s', (text, seconds) => {
    expect(agentTimeoutSeconds(text)).toBe(seconds);
  });
});

describe('output as the agent reports it', () => {
  it('is whole below 24,000 bytes', () => {
    expect(reportedOutput('x'.repeat(23_999))).toBe('x'.repeat(23_999));
  });

  it('ends in the mark from 24,000 bytes on, and has 24,000 then', () => {
    const reported = reportedOutput('x'.repeat(24_000));

    expect(reported).toHaveLength(24_000);
    expect(reported).toMatch(/x--output truncated--$/);
  });

  it('is counted in bytes, not in characters', () => {
    expect(reportedOutput('ü'.repeat(11_999))).toBe('ü'.repeat(11_999));
    expect(reportedOutput('ü'.repeat(12_000))).toBe(`${'ü'.repeat(11_990)}--output truncated--`);
  });
});
