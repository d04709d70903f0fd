import * as z from 'zod';
import { cached } from './cached.ts';
import { after, type Duration, type Instant } from './duration.ts';

const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;

const DAY_MINUTES = 1_440;
const MINUTE = 60_000;

/** The end of a window is sought this far: an incident lives for a day at most, so a later end is all the same to it. */
const HORIZON_MINUTES = DAY_MINUTES;

const timeSchema = z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$|^24:00$/, 'must be a time of day from 00:00 to 24:00');

/** A time of every week or month, by the clocks of one place, in which nothing is to be changed. */
export const protectedWindowSchema = z
  .strictObject({
    /** Days of the week on which it begins. @default - every day */
    days: z.array(z.enum(weekdays)).min(1).optional(),
    /** Days of the month on which it begins; -1 is the last one. With `days`, both must fit. @default - every day */
    monthDays: z
      .array(
        z
          .int()
          .min(-31)
          .max(31)
          .refine((day) => day !== 0, 'must be a day from 1, or from -1 for the last one'),
      )
      .min(1)
      .optional(),
    from: timeSchema.refine((time) => time !== '24:00', 'must be before 24:00'),
    /** The first moment after the window. Not after `from`: on the next day. */
    to: timeSchema,
    /** Whose clocks: a name of the IANA time zone database. */
    timeZone: z.string().refine(isTimeZone, 'must be a time zone such as Europe/Berlin'),
    /** Why nothing is to be changed then; put into messages. */
    why: z.string().min(1).max(100).optional(),
  })
  .refine(({ from, to }) => from !== to, { path: ['to'], message: 'must not be the same as from: a whole day is 00:00 to 24:00' });

export type ProtectedWindow = z.infer<typeof protectedWindowSchema>;

/** A window that has begun and when all of them are over, or a day from now if they are not by then. */
export interface Protection {
  readonly window: ProtectedWindow;
  readonly until: Instant;
}

/**
 * Whether the instant is protected. What counts is what the clocks there show: an hour that a change of clocks repeats
 * is protected both times, one that it skips not at all.
 */
export function protectionAt(windows: readonly ProtectedWindow[], now: Instant): Protection | undefined {
  const window = windowAt(windows, now);
  if (!window) return undefined;
  const nextMinute = Math.floor(now / MINUTE) + 1;
  let minute = nextMinute;
  while (minute < nextMinute + HORIZON_MINUTES && windowAt(windows, minute * MINUTE)) minute += 1;
  return { window, until: minute * MINUTE };
}

/** The same of everything that is begun now and may act as much later as the span. */
export function protectionWithin(windows: readonly ProtectedWindow[], now: Instant, span: Duration): Protection | undefined {
  return protectionAt(windows, now) ?? protectionAt(windows, after(now, span));
}

export function windowInWords({ days, monthDays, from, to, timeZone, why }: ProtectedWindow): string {
  const on = [days?.join(', '), monthDays && `day ${monthDays.join(', ')} of the month`].filter((part) => part !== undefined);
  return `${[...on, `${from} to ${to}`, timeZone].join(' ')}${why === undefined ? '' : ` (${why})`}`;
}

function windowAt(windows: readonly ProtectedWindow[], instant: Instant): ProtectedWindow | undefined {
  const clockIn = cached((timeZone: string) => readClock(timeZone, instant));
  return windows.find((window) => covers(window, clockIn(window.timeZone)));
}

/** What calendar and clock of a place show: the date as UTC midnight, before which lies the day before, and the minutes since midnight. */
interface Clock {
  readonly date: Instant;
  readonly minutes: number;
}

function covers(window: ProtectedWindow, { date, minutes }: Clock): boolean {
  const from = minutesOf(window.from);
  const to = minutesOf(window.to);
  if (from < to) return beginsOn(window, date) && minutes >= from && minutes < to;
  return (beginsOn(window, date) && minutes >= from) || (beginsOn(window, date - 1) && minutes < to);
}

function beginsOn({ days, monthDays }: ProtectedWindow, date: Instant): boolean {
  const day = new Date(date);
  const weekday = weekdays[day.getUTCDay()] as (typeof weekdays)[number];
  if (days && !days.includes(weekday)) return false;
  if (!monthDays) return true;
  const ofMonth = day.getUTCDate();
  const length = new Date(Date.UTC(day.getUTCFullYear(), day.getUTCMonth() + 1, 0)).getUTCDate();
  return monthDays.includes(ofMonth) || monthDays.includes(ofMonth - length - 1);
}

function minutesOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return hours * 60 + minutes;
}

const formatOf = cached(clockFormat);

function readClock(timeZone: string, instant: Instant): Clock {
  const parts = Object.fromEntries(
    formatOf(timeZone)
      .formatToParts(instant)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0 } = parts;
  return { date: Date.UTC(year, month - 1, day), minutes: hour * 60 + minute };
}

function clockFormat(timeZone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
  });
}

function isTimeZone(name: string): boolean {
  let isKnown = true;
  try {
    clockFormat(name);
  } catch {
    isKnown = false;
  }
  return isKnown;
}
