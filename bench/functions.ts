import { bundleAll, bundleSizes } from './bundles.ts';
import { coldStarts } from './cold-start.ts';
import type { Part } from './part.ts';

export const functions: Part = {
  name: 'functions',
  title: 'bytes of each function, what of them it loads to begin, and its load and first call in a new process beside an empty handler',
  async run({ say, signal, endings }) {
    say('bundling the functions');
    const { folder, remove } = await bundleAll();
    endings.push(remove);
    const sizes = await bundleSizes(folder);
    say('starting each of them twenty times');
    const names = sizes.map(({ name }) => name);
    const started = await coldStarts(folder, names, signal);
    const shown = (name: string) => started.find((each) => each.name === name);
    const rows = ['empty handler', ...names].map((name) => {
      const bytes = sizes.find((each) => each.name === name)?.bytes;
      const { loadedBytes, medianMilliseconds, p95Milliseconds, processorMilliseconds, megabytes } = shown(name) ?? {};
      const kilobytes = [bytes ?? 0, loadedBytes].map((count) => count && count / 1_000);
      const figures = [...kilobytes, medianMilliseconds, p95Milliseconds, processorMilliseconds, megabytes];
      return [name, ...figures.map((figure) => figure?.toFixed(0) ?? '-')];
    });
    return {
      figures: { sizes, started },
      tables: [
        {
          title: 'Functions',
          head: ['function', 'KB', 'loaded', 'p50 ms', 'p95 ms', 'processor ms', 'MB'],
          rows,
          notes: ['Of this machine: Lambda has cores of other sizes.'],
        },
      ],
    };
  },
};
