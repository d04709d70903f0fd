import { describe, expect, it } from 'vitest';
import { parseMemory, wasWell, withWell } from '../../../lambdas/core/probe-memory.ts';

describe('the memory of a probe', () => {
  const memory = withWell({}, 'orders', 'one', '2026-11-02T10:00:00.000Z');

  it('knows what was well under the same configuration, and only under that', () => {
    expect([wasWell(memory, 'orders', 'one'), wasWell(memory, 'orders', 'other'), wasWell(memory, 'stock', 'one')]).toEqual([
      true,
      false,
      false,
    ]);
  });

  it('survives being written and read', () => {
    expect(parseMemory(JSON.stringify(memory))).toEqual(memory);
  });

  it('keeps what it knows of others', () => {
    const both = withWell(memory, 'stock', 'two', '2026-11-02T10:00:00.000Z');
    expect([wasWell(both, 'orders', 'one'), wasWell(both, 'stock', 'two')]).toEqual([true, true]);
  });

  it.each([undefined, '', 'never', 'null', '[]', '{"orders":1}', '{"orders":{"configuration":"one"}}'])('is empty in %j', (text) => {
    expect(parseMemory(text)).toEqual({});
  });

  it.each(['constructor', '__proto__', 'toString'])('knows nothing of %s, which every object has', (name) => {
    expect(wasWell({}, name, 'one')).toBe(false);
  });
});
