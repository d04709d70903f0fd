import { readFileSync } from 'node:fs';
import { guardrailSituations } from '@self-healing/simulation/explore/left-alone.ts';
import { promiseSituations } from '@self-healing/simulation/explore/promise-situations.ts';
import { situations } from '@self-healing/simulation/explore/situation.ts';
import { describe, expect, it } from 'vitest';
import { actGuardrails, guardrails } from '../../lambdas/core/guardrails/registry.ts';
import { editsOf, faults, timesFound } from '../faults/fault-list.ts';
import { guardrailNames } from '../faults/guardrail-faults.ts';

describe('the list of deliberate faults', () => {
  it.each(faults)('has a place in the code for: $breaks', (fault) => {
    for (const edit of editsOf(fault)) {
      expect(timesFound(edit, readFileSync(edit.file, 'utf8')), edit.find).toBe(1);
      expect(edit.replace).not.toBe(edit.find);
    }
  });

  it('breaks every guardrail', () => {
    expect(Object.values(guardrailNames)).toHaveLength(guardrails.length + actGuardrails.length);
    expect(guardrailSituations.map(({ name }) => name).toSorted()).toEqual(
      Object.keys(guardrailNames)
        .map((name) => `guardrail-${name}`)
        .toSorted(),
    );
  });

  it('breaks each of the sixteen promises', () => {
    const broken = faults.flatMap(({ breaks }) => /^promise (\d+):/.exec(breaks)?.[1] ?? []).map(Number);
    expect([...new Set(broken)].toSorted((left, right) => left - right)).toEqual(Array.from({ length: 16 }, (_, number) => number + 1));
  });

  it('names each fault once, and only situations that there are', () => {
    expect(new Set(faults.map(({ breaks }) => breaks)).size).toBe(faults.length);
    const known = [...situations, ...promiseSituations, ...guardrailSituations].map(({ name }) => name);
    for (const { noticed } of faults) if (noticed.by === 'explorer') expect(known).toContain(noticed.situation);
  });
});
