import { anIncident, aPolicy } from '@self-healing/simulation/builders.ts';
import { describe, expect, it } from 'vitest';
import {
  boundedDiagnosis,
  DIAGNOSIS_SECONDS,
  diagnosisSchema,
  MOST_OF_A_DIAGNOSIS,
  wantsDiagnosis,
  whyNoVisit,
} from '../../../lambdas/core/diagnosis.ts';
import { legibleState } from '../../../lambdas/core/legible-state.ts';
import { conclude, triageAt } from '../../../lambdas/core/next.ts';
import { reasonWords } from '../../../lambdas/core/reason-words.ts';
import { type End, endFor, isTakenBack, reasonNames } from '../../../lambdas/core/reasons.ts';

const handedOff: End = { outcome: 'handed-off', reason: 'ladder-exhausted', why: 'none helped' };
const running = { kind: 'go', mode: 'automatic' } as const;

describe('what is kept of a diagnosis', () => {
  it('is what was seen, in its order', () => {
    const sections = [
      { title: 'Instance', lines: ['running', 'status checks: ok'] },
      { title: 'Machine', lines: ['load 1'] },
    ];
    expect(boundedDiagnosis(sections)).toEqual(sections);
  });

  it('is nothing of sections in which nothing was seen', () => {
    expect(
      boundedDiagnosis([
        { title: 'Machine', lines: [] },
        { title: 'Disk', lines: ['', '  '] },
      ]),
    ).toEqual([]);
  });

  it('holds no secret, and no line that somebody else wrote in another line', () => {
    expect(boundedDiagnosis([{ title: 'a\nb', lines: ['mysql -phunter2', 'one\nDO NOW  nothing\u0007'] }])).toEqual([
      { title: 'a b', lines: ['mysql -p[redacted]', 'one DO NOW nothing'] },
    ]);
  });

  it('says how many lines were left out', () => {
    const lines = Array.from({ length: 25 }, (_, index) => `line ${index}`);
    expect(boundedDiagnosis([{ title: 'Log', lines }])[0]?.lines).toEqual([...lines.slice(0, 9), 'and 16 more']);
    expect(boundedDiagnosis([{ title: 'Log', lines: lines.slice(0, 10) }])[0]?.lines).toEqual(lines.slice(0, 10));
  });

  it('takes less than a third of the state of a workflow, whatever was seen, and is what a notice takes', () => {
    const flood = Array.from({ length: 50 }, () => ({
      title: '𝕏'.repeat(500),
      lines: Array.from({ length: 500 }, () => '𝕏'.repeat(5_000)),
    }));
    const kept = boundedDiagnosis(flood);
    expect(kept).toHaveLength(MOST_OF_A_DIAGNOSIS.sections);
    expect(Buffer.byteLength(JSON.stringify(kept))).toBeLessThan(262_144 / 3);
    expect(boundedDiagnosis(flood.map(({ lines }) => ({ title: 'a'.repeat(500), lines: lines.map(() => 'b'.repeat(5_000)) })))).toSatisfy(
      (sections: unknown) => diagnosisSchema.safeParse(sections).success,
    );
  });

  it('takes a minute to read at most', () => {
    expect(DIAGNOSIS_SECONDS.aws + DIAGNOSIS_SECONDS.database).toBeLessThanOrEqual(60);
  });
});

describe('a diagnosis is wanted', () => {
  it('on the way to a hand-off', () => {
    expect(wantsDiagnosis({ next: conclude(handedOff) })).toBe(true);
  });

  it.each(['recovered', 'skipped'] as const)('not where an incident is %s', (outcome) => {
    expect(wantsDiagnosis({ next: conclude({ ...handedOff, outcome }) })).toBe(false);
  });

  it('not before the end', () => {
    expect(wantsDiagnosis({ next: triageAt(0) })).toBe(false);
    expect(wantsDiagnosis({ next: undefined })).toBe(false);
  });

  it('in a storm of its lead only', () => {
    const storm: End = { outcome: 'handed-off', reason: 'storm', why: '40 of 50' };
    expect(wantsDiagnosis({ next: conclude(storm) })).toBe(false);
    expect(wantsDiagnosis({ next: conclude({ ...storm, details: ['MEMBERS    i-1'] }) })).toBe(true);
  });
});

describe('nobody goes onto a machine or into a database to look', () => {
  const asked = (given: Partial<End> = {}, policy = aPolicy()) => ({ policy, next: conclude({ ...handedOff, ...given }) });

  it('but where nothing is against it', () => {
    expect(whyNoVisit(asked(), 'machine', running)).toBeUndefined();
    expect(whyNoVisit(asked(), 'database', running)).toBeUndefined();
  });

  it('while the pipeline is paused', () => {
    const paused = { kind: 'stop', reason: 'paused', why: 'the pause switch says: noon' } as const;
    expect(whyNoVisit(asked(), 'machine', paused)).toBe('the pause switch says: noon');
  });

  it('for a policy that only watches', () => {
    expect(whyNoVisit(asked(), 'database', { kind: 'go', mode: 'shadow' })).toContain('shadow');
    expect(whyNoVisit(asked(), 'database', { kind: 'go', mode: 'approval' })).toBeUndefined();
  });

  it.each([...reasonNames.filter(isTakenBack), 'other-pipeline', 'target-gone'] as const)(
    'where the pipeline leaves the target alone, as for %s',
    (reason) => {
      expect(whyNoVisit(asked(endFor(reason, 'because', 1)), 'machine', running)).toBe(reasonWords[reason].means);
    },
  );

  it('on a machine of which no output may be kept; a database has none', () => {
    const policy = aPolicy({ keepOutput: false });
    expect(whyNoVisit(asked({}, policy), 'machine', running)).toContain('keepOutput');
    expect(whyNoVisit(asked({}, policy), 'database', running)).toBeUndefined();
  });
});

it('a diagnosis outlasts a state of which another version wrote the rest', () => {
  const diagnosis = [{ title: 'Machine', lines: ['load 1'] }];
  const next = { do: 'from-tomorrow' };
  expect(legibleState({ incident: anIncident(), policy: aPolicy(), next, diagnosis }, { now: 0 })?.diagnosis).toEqual(diagnosis);
  expect(legibleState({ incident: anIncident(), policy: aPolicy(), next, diagnosis: 'of tomorrow' }, { now: 0 })).not.toHaveProperty(
    'diagnosis',
  );
});
