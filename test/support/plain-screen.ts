import { type Screen, screenOf } from '../../bin/heal/screen.ts';

/** A screen of 120 columns without colours, in UTC; `said` takes what it says of progress. */
export function plainScreen(said: string[] = []): Screen {
  return {
    ...screenOf({ out: { write: () => true }, errors: { write: () => true }, utc: true }),
    progress: (text) => {
      said.push(text);
    },
  };
}
