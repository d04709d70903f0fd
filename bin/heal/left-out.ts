import { howMany } from './how-many.ts';
import type { Screen } from './screen.ts';

/** Says what was left out of the history, once: some commands read it many times. */
export function tellsLeftOut({ progress, note }: Pick<Screen, 'progress' | 'note'>): (unreadable: number) => void {
  let said = 0;
  return (unreadable) => {
    if (unreadable <= said) return;
    said = unreadable;
    progress('');
    note(`${howMany(unreadable, 'event of the history is no line and is', 'events of the history are no lines and are')} left out.`);
  };
}
