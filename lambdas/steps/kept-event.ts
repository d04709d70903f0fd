import { messageOf } from '../core/failure.ts';
import { outsideText } from '../core/outside-text.ts';

/** The part of an unexpected event that the history keeps. */
const EVENT_KEPT_CHARACTERS = 4_000;

/** As much of an event as the history keeps. Secrets are taken out before it is cut, since half of one may not be known as one. */
export function keptEvent(event: unknown): string {
  try {
    return outsideText(JSON.stringify(event) ?? 'nothing', EVENT_KEPT_CHARACTERS);
  } catch (error) {
    // Thousands of levels deep, it is more than the stack takes.
    return `an event that cannot be written down: ${messageOf(error)}`;
  }
}
