import { expect, it } from 'vitest';
import { loadedWhenUsed } from '../../../lambdas/handlers/when-used/loaded-when-used.ts';

interface Doors {
  open(name: string, wide: boolean): Promise<string>;
  close(): Promise<void>;
}

const doors: Doors = { open: async (name, wide) => `${name} ${wide}`, close: async () => undefined };

it('loads an adapter at the first call, once for calls side by side', async () => {
  let loads = 0;
  const port = loadedWhenUsed<Doors>({ open: true, close: true }, async () => {
    loads += 1;
    return doors;
  });
  expect(loads).toBe(0);
  expect(await Promise.all([port.open('front', true), port.open('back', false), port.close()])).toEqual([
    'front true',
    'back false',
    undefined,
  ]);
  expect(loads).toBe(1);
});

it('tries anew to load what could not be loaded', async () => {
  const answers = [() => Promise.reject(new Error('no such file')), () => Promise.resolve(doors)];
  const port = loadedWhenUsed<Doors>({ open: true, close: true }, async () => (await answers.shift()?.()) ?? doors);
  await expect(port.close()).rejects.toThrow('no such file');
  expect(await port.open('front', true)).toBe('front true');
});

it('answers as an adapter does that fails', async () => {
  const port = loadedWhenUsed<Doors>({ open: true, close: true }, async () => ({
    ...doors,
    close: () => {
      throw new Error('jammed');
    },
  }));
  await expect(port.close()).rejects.toThrow('jammed');
});
