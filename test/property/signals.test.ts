import { aPolicy, INSTANCE_ID, NOW } from '@self-healing/simulation/builders.ts';
import { fakePorts } from '@self-healing/simulation/doubles/fake-ports.ts';
import { runs } from '@self-healing/simulation/random-input.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isRejection, parseSignal } from '../../lambdas/core/signal.ts';
import { intake } from '../../lambdas/steps/intake.ts';
import { sampleEvent, sampleNames } from '../support/sample-events.ts';

/** A real event in which one value, anywhere, is another one or gone. */
const mutated = fc
  .tuple(fc.constantFrom(...sampleNames), fc.nat(), fc.option(fc.anything(), { nil: undefined }))
  .map(([name, place, value]) => {
    const event = sampleEvent(name);
    const places = pathsOf(event);
    const path = places[place % places.length] ?? [];
    const holder = path.slice(0, -1).reduce<Record<string, unknown>>((part, key) => part[key] as Record<string, unknown>, event);
    const key = path.at(-1) ?? 'id';
    if (value === undefined) delete holder[key];
    else holder[key] = value;
    return event;
  });

function pathsOf(value: unknown, path: readonly string[] = []): readonly (readonly string[])[] {
  const here = path.length === 0 ? [] : [path];
  if (typeof value !== 'object' || value === null) return here;
  return [...here, ...Object.entries(value).flatMap(([key, part]) => pathsOf(part, [...path, key]))];
}

describe('whatever comes over the bus', () => {
  it.each([
    [
      'of any shape',
      fc.anything({ withBigInt: true, withDate: true, withMap: true, withSet: true, withNullPrototype: true, withSparseArray: true }),
    ],
    ['as any JSON', fc.jsonValue()],
    ['as a real event with one value changed', mutated],
  ])('%s: reading it never throws, and gives a signal or a rejection that says why', (_, events) => {
    fc.assert(
      fc.property(events as fc.Arbitrary<unknown>, (event) => {
        const answer = parseSignal(event);
        if (isRejection(answer)) expect(answer.why).not.toBe('');
        else expect(Number.isFinite(answer.at)).toBe(true);
      }),
      { numRuns: runs(1_000) },
    );
  });

  it('intake names a reason for all that it does not start, and starts only what names a target in AWS’s own form', async () => {
    const attributes = fc.dictionary(fc.constantFrom('InstanceId', 'host'), fc.oneof(fc.string(), fc.constant(INSTANCE_ID)));
    await fc.assert(
      fc.asyncProperty(fc.oneof(mutated, fc.jsonValue(), attributes.map(contributorEvent)), async (event) => {
        const world = fakePorts();
        const policy = aPolicy({ targets: { kind: 'contributor', attribute: 'InstanceId' } });

        await intake({ policy, event }, world.ports, NOW);

        expect(world.history).toHaveLength(1);
        expect(world.started.size).toBe(world.history[0]?.kind === 'signal' ? 1 : 0);
        for (const input of world.started.values())
          expect((input as { incident: { target: { id: string } } }).incident.target.id).toMatch(/^i-[0-9a-f]{8,17}$/);
        if (world.started.size === 0) expect(world.outcomes).toHaveLength(1);
      }),
      { numRuns: runs(500) },
    );
  });
});

function contributorEvent(attributes: Record<string, string>): unknown {
  const event = sampleEvent('contributor');
  return { ...event, detail: { ...(event.detail as object), alarmContributor: { id: 'x', attributes } } };
}
