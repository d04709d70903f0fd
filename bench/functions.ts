import { bundleAll, bundleSizes } from './bundles.ts';
import { coldStarts } from './cold-start.ts';
import type { Part } from './part.ts';

export const functions: Part = {
  name: 'functions',
  title: 'bytes of each function\u2019s bundle, and its load and first call in a new process beside an empty handler',
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
      const times = [shown(name)?.medianMilliseconds, shown(name)?.p95Milliseconds];
      return [name, bytes === undefined ? '0' : (bytes / 1_000).toFixed(0), ...times.map((time) => time?.toFixed(0) ?? '-')];
    });
    return {
      figures: { sizes, started },
      tables: [
        {
          title: 'Functions',
          head: ['function', 'KB', 'p50 ms', 'p95 ms'],
          rows,
          notes: ['Of this machine: Lambda has cores of other sizes.'],
        },
      ],
    };
  },
};
