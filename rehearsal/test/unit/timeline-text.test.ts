import { describe, expect, it } from 'vitest';
import { rehearsalText, scenarioText } from '../../report/timeline-text.ts';
import { aRehearsal, aScenario, at, timeline } from '../rehearsal-result.ts';

const PLAIN = { colors: false };

describe('a scenario as text', () => {
  it('tells what happened in seconds since the fault, the outcome, the message and what was real', () => {
    const scenario = aScenario({
      timeline: timeline([
        [4.1, 'alarm', 'memory in ALARM'],
        [0, 'fault', 'The service leaks'],
        [13.4, 'action', 'ssm:SendCommand'],
      ]),
      messages: [{ at: at(22), subject: 'Recovered', body: 'Seen: much.\nDone: little.\n' }],
    });

    expect(scenarioText(scenario, PLAIN)).toBe(
      [
        '✓ The web service leaks memory  memory-leak · Web memory · i-0aaaabbbbccccdddd',
        '     +0.0 s  fault         The service leaks',
        '     +4.1 s  alarm         memory in ALARM',
        '    +13.4 s  action        ssm:SendCommand',
        '  ✓ recovered: symptom-gone',
        '    +22.0 s  Recovered',
        '             │ Seen: much.',
        '             │ Done: little.',
        '  real       The memory, the service and both documents, on a systemd node.',
        '  simulated  Run Command, which hands the documents to the node.',
        '',
      ].join('\n'),
    );
  });

  it('says what was expected instead, and why it failed', () => {
    const failed = aScenario({ outcome: 'handed-off', reason: 'ladder-exhausted', passed: false, why: 'the service stayed down' });

    expect(scenarioText(failed, PLAIN)).toContain(
      '✗ handed-off: ladder-exhausted; expected recovered: symptom-gone – the service stayed down',
    );
  });

  it('lets no text from outside move the cursor or add a line', () => {
    const hostile = aScenario({
      title: 'a\u001b[2Jb',
      target: 'i-1\nfaked line',
      messages: [{ at: at(1), subject: '\u0007', body: '\u001b]0;x\u0007' }],
    });

    expect(scenarioText(hostile, PLAIN)).not.toMatch(/[^\P{Cc}\n]|^faked line/mu);
  });

  it('colours only when asked to', () => {
    const escapeSign = String.fromCharCode(27);

    expect(scenarioText(aScenario(), PLAIN)).not.toContain(escapeSign);
    expect(scenarioText(aScenario(), { colors: true })).toContain(escapeSign);
  });
});

describe('the summary', () => {
  it('aligns its columns and counts only what was executed', () => {
    const { firstAction: _, end: __, ...skipped } = aScenario({ name: 'paused', outcome: 'skipped', reason: 'paused' });
    const lost = aScenario({ name: 'disk-full', outcome: 'not-executed', reason: 'no-node', passed: false, why: 'no systemd-nspawn' });

    const text = rehearsalText(aRehearsal([aScenario(), skipped, lost]), PLAIN);

    expect(text).toContain(
      [
        '  scenario     outcome       reason        alarm→first action s  alarm→end s',
        '✓ memory-leak  recovered     symptom-gone                   1.1         17.8',
        '✓ paused       skipped       paused                           –            –',
        '– disk-full    not-executed  no-node                        1.1         17.8',
      ].join('\n'),
    );
    expect(text).toContain('2 of 2 scenarios ended as they should; 1 was not executed, in 144 s.');
  });
});
