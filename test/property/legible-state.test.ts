import { aPolicy, aRung, aState, climbing, NOW } from '@self-healing/simulation/builders.ts';
import { fakePorts } from '@self-healing/simulation/doubles/fake-ports.ts';
import { runs } from '@self-healing/simulation/random-input.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { incidentSchema } from '../../lambdas/core/incident.ts';
import { legibleState } from '../../lambdas/core/legible-state.ts';
import { conclude } from '../../lambdas/core/next.ts';
import { endFor } from '../../lambdas/core/reasons.ts';
import { targetSchema } from '../../lambdas/core/target.ts';
import { readTolerantly } from '../../lambdas/core/tolerant-reader.ts';
import type { WorkflowState } from '../../lambdas/core/workflow-state.ts';
import { concludeOrReport } from '../../lambdas/handlers/former-give-back.ts';

const ID = 'a'.repeat(64);

const states = [
  aState({ next: climbing() }),
  aState({ policy: aPolicy({ ladder: [aRung(), aRung({ remedy: 'replace-instance' })] }), error: { Error: 'TryAgain', Cause: '' } }),
  aState({ next: conclude(endFor('healed', 'alarm is OK', 1)) }),
  aState({ next: { do: 'keep', at: new Date(NOW).toISOString(), keeping: { rung: 0, below: [], since: NOW } } }),
];

/** Another version may have changed anything, anywhere: the choices lead down to one place, and the value is put there. */
const someChange = fc.record({ choices: fc.array(fc.nat(30), { maxLength: 6 }), value: fc.jsonValue(), removed: fc.boolean() });

type Change = typeof someChange extends fc.Arbitrary<infer C> ? C : never;

function changed(value: unknown, { choices: [choice, ...choices], value: put, removed }: Change): unknown {
  if (choice === undefined || typeof value !== 'object' || value === null) return put;
  const keys = [...Object.keys(value), 'ofAnotherVersion'];
  const key = keys[choice % keys.length] ?? '';
  const fields = value as Record<string, unknown>;
  if (removed && choices.length === 0) return Object.fromEntries(Object.entries(fields).filter(([name]) => name !== key));
  const next = changed(fields[key], { choices, value: put, removed });
  return Array.isArray(value) ? Object.values({ ...value, [key]: next }) : { ...fields, [key]: next };
}

describe('a state that another version changed anywhere', () => {
  it('ends its incident, told and closed, as long as its target is known', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...states), fc.array(someChange, { minLength: 1, maxLength: 5 }), async (state, changes) => {
        const given = changes.reduce<unknown>(changed, JSON.parse(JSON.stringify(state)));
        const read = legibleState(given, { id: ID, now: NOW });
        const target = readTolerantly(targetSchema, targetOf(given));
        expect(read === undefined).toBe(!target.success);
        if (!read) return;
        expect(incidentSchema.parse(read.incident).target).toEqual(target.data);
        await ends(read);
      }),
      { numRuns: runs(1_000) },
    );
  });

  it('ends its incident where only its policy was changed', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), async (policy) => {
        const read = legibleState({ ...aState(), policy }, { now: NOW });
        expect(read?.incident).toEqual(aState().incident);
        if (read) await ends(read);
      }),
      { numRuns: runs(500) },
    );
  });
});

async function ends(state: WorkflowState): Promise<void> {
  const world = fakePorts();
  await concludeOrReport(state, world.ports, NOW);
  if (state.next?.do === 'report-give-back' || state.next?.do === 'keep') return;
  expect(world.items.endings.get(state.incident.id)).toMatchObject({ written: true, told: true });
}

function targetOf(given: unknown): unknown {
  const { incident } = (given ?? {}) as { readonly incident?: { readonly target?: unknown } | null };
  return incident?.target;
}
