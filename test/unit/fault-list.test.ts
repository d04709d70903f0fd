import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { actGuardrails, guardrails } from '../../lambdas/core/guardrails/registry.ts';
import { guardrailSituations } from '../../rehearsal/explore/left-alone.ts';
import { situations } from '../../rehearsal/explore/situation.ts';
import { faults, timesFound } from '../faults/fault-list.ts';
import { guardrailNames } from '../faults/guardrail-faults.ts';

describe('the list of deliberate faults', () => {
  it.each(faults)('has a place in the code for: $breaks', (fault) => {
    expect(timesFound(fault, readFileSync(fault.file, 'utf8')), fault.file).toBe(1);
    expect(fault.replace).not.toBe(fault.find);
  });

  it('breaks every guardrail', () => {
    expect(Object.values(guardrailNames)).toHaveLength(guardrails.length + actGuardrails.length);
    expect(guardrailSituations.map(({ name }) => name).toSorted()).toEqual(
      Object.keys(guardrailNames)
        .map((name) => `guardrail-${name}`)
        .toSorted(),
    );
  });

  it('names each fault once, and only situations that there are', () => {
    expect(new Set(faults.map(({ breaks }) => breaks)).size).toBe(faults.length);
    const known = [...situations, ...guardrailSituations].map(({ name }) => name);
    for (const { noticed } of faults) if (noticed.by === 'explorer') expect(known).toContain(noticed.situation);
  });
});
