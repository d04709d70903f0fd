import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../virtual-clock.ts';

describe('the virtual clock', () => {
  it('goes from timer to timer in order of time, and of setting where the time is the same', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(50), { maxLength: 60 }), async (instants) => {
        const clock = new VirtualClock(0);
        const seen: [number, number][] = [];
        for (const [index, instant] of instants.entries()) clock.at(instant, () => seen.push([clock.now, index]));
        await clock.run();
        expect(seen).toEqual(
          instants.map((instant, index) => [instant, index]).toSorted(([a = 0, i = 0], [b = 0, j = 0]) => a - b || i - j),
        );
      }),
    );
  });

  it('lets what a timer starts begin before time goes on', async () => {
    const clock = new VirtualClock(0);
    const seen: string[] = [];
    const walk = async (name: string) => {
      await clock.sleep(10);
      await Promise.resolve();
      seen.push(`${name} ${clock.now}`);
      await clock.sleep(5);
      seen.push(`${name} ${clock.now}`);
    };
    void walk('one');
    void walk('two');
    await clock.run();
    expect(seen).toEqual(['one 10', 'two 10', 'one 15', 'two 15']);
  });

  it('does not go on to a timer that was cancelled', async () => {
    const clock = new VirtualClock(0);
    clock.at(
      5,
      clock.at(1_000, () => expect.unreachable()),
    );
    await clock.run();
    expect(clock.now).toBe(5);
  });

  it('keeps the order of the others when thousands are cancelled, and each goes off once', async () => {
    const clock = new VirtualClock(0);
    const seen: number[] = [];
    const cancels = Array.from({ length: 5_000 }, (_, index) => {
      const instant = (index * 7_919) % 10_007;
      return [instant, clock.at(instant, () => seen.push(instant))] as const;
    });
    clock.at(0, () => {
      for (const [instant, cancel] of cancels) if (instant % 3 > 0) cancel();
    });
    await clock.run(5_000);
    // Those that went off before are past cancelling.
    for (const [instant, cancel] of cancels) if (instant < 5_000 || instant % 2 > 0) cancel();
    await clock.run();
    const rest = cancels.map(([instant]) => instant).filter((instant) => instant % 3 === 0 && (instant <= 5_000 || instant % 2 === 0));
    expect(seen.filter((instant) => instant > 0)).toEqual(rest.filter((instant) => instant > 0).toSorted((left, right) => left - right));
  });

  it('stops at the instant that it is given and goes on from there', async () => {
    const clock = new VirtualClock(0);
    const seen: number[] = [];
    for (const instant of [1, 2, 3]) clock.at(instant, () => seen.push(instant));
    await clock.run(2);
    expect(seen).toEqual([1, 2]);
    await clock.run();
    expect(seen).toEqual([1, 2, 3]);
  });

  it('never goes back', async () => {
    const clock = new VirtualClock(100);
    clock.at(7, () => expect(clock.now).toBe(100));
    await clock.run();
    expect(clock.now).toBe(100);
  });
});
