import * as z from 'zod';

/** A point in time as epoch milliseconds. Always an argument in the core, never read from a clock there. */
export type Instant = number;

const amount = z.number().finite().nonnegative();

/** A length of time whose unit can never be guessed: exactly one of `{seconds}`, `{minutes}`, `{hours}`, `{days}`. */
export const durationSchema = z.union([
  z.strictObject({ seconds: amount }),
  z.strictObject({ minutes: amount }),
  z.strictObject({ hours: amount }),
  z.strictObject({ days: amount }),
]);

export type Duration = z.infer<typeof durationSchema>;

/** By how much our clock may differ from another one, be it of AWS, of another function or of a person. */
export const CLOCKS_DIFFER: Duration = { minutes: 1 };

export function milliseconds(duration: Duration): number {
  if ('seconds' in duration) return duration.seconds * 1_000;
  if ('minutes' in duration) return duration.minutes * 60_000;
  if ('hours' in duration) return duration.hours * 3_600_000;
  return duration.days * 86_400_000;
}

export function after(instant: Instant, duration: Duration): Instant {
  return instant + milliseconds(duration);
}

/** ISO-8601 in UTC, as Step Functions waits for it and the history shows it. */
export function iso(instant: Instant): string {
  return new Date(instant).toISOString();
}

/** A span in the words of a message: "45 s", "3 min", "2 h 5 min", "6 days". */
export function inWords(spanMilliseconds: number): string {
  const seconds = Math.max(0, Math.round(spanMilliseconds / 1_000));
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 120) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours >= 48) return `${Math.round(hours / 24)} days`;
  return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
}
