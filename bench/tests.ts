import { lastDurations } from '../test/support/durations-of-kinds.ts';
import type { Part } from './part.ts';

export const tests: Part = {
  name: 'tests',
  title: 'what the tests took by kind when they were run last; runs none',
  async run() {
    const kinds = Object.entries(lastDurations());
    if (kinds.length === 0) return { skipped: 'no tests were run yet; npm test leaves their durations behind' };
    const sum = kinds.reduce((total, [, { seconds }]) => total + seconds, 0);
    return {
      figures: { kinds: Object.fromEntries(kinds), seconds: sum },
      tables: [
        {
          title: 'Tests',
          head: ['kind', 'seconds', 'files', 'one by one', 'run at'],
          rows: kinds.map(([name, { seconds, files, oneByOneSeconds, at }]) => [
            ...[name, seconds.toFixed(0), String(files), oneByOneSeconds.toFixed(0), at.slice(0, 16).replace('T', ' ')],
          ]),
          notes: [`Together ${sum.toFixed(0)} s. A kind of which only some files were run last shows those.`],
        },
      ],
    };
  },
};
