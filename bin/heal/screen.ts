import { inspect, styleText } from 'node:util';
import { type Instant, iso } from '../../lambdas/core/duration.ts';

/** What a text may be shown as, by what it means. */
const styles = { good: 'green', bad: 'red', attention: 'yellow', head: 'bold', less: 'dim' } as const;

/** The sequences by which a terminal shows the styles. */
export const ownStyles = new RegExp(
  `\u001b\\[(?:${Object.values(styles)
    .flatMap((style) => inspect.colors[style] ?? [])
    .join('|')})m`,
);

/** Where a command's answer is read: how wide it is, whether it has colours, and in which zone its reader lives. */
export interface Screen {
  readonly width: number;
  style(meaning: keyof typeof styles, text: string): string;
  /** A moment with its offset from UTC, so that it cannot be read as another: `2026-11-29 09:46:52+01:00`. */
  time(at: Instant | string): string;
  /** Says how far a long read has come, in the place of what it said before. */
  progress(text: string): void;
  /** Says beside the answer, which stays as it is for scripts, what its reader must know of it. */
  note(text: string): void;
}

/** A screen as `process.stdout` and `process.stderr` are. */
interface Terminal {
  readonly isTTY?: boolean;
  readonly columns?: number;
  hasColors?(): boolean;
  write(text: string): unknown;
}

/** Files and pipes have no width; lines of that many columns can still be read. */
const WIDTH_OF_FILES = 120;

export interface ScreenOptions {
  readonly out: Terminal;
  readonly errors: Terminal;
  readonly utc?: boolean | undefined;
  /** @default - that of the machine */
  readonly zone?: string | undefined;
}

/** NO_COLOR and terminals that have none are known to `hasColors` of Node.js. */
export function screenOf({ out, errors, utc = false, zone }: ScreenOptions): Screen {
  const coloured = out.isTTY === true && out.hasColors?.() === true;
  return {
    width: out.isTTY && out.columns ? out.columns : WIDTH_OF_FILES,
    style: (meaning, text) => (coloured ? styleText(styles[meaning], text, { validateStream: false }) : text),
    time: (at) => timeIn(typeof at === 'number' ? at : Date.parse(at), utc ? 'UTC' : zone),
    progress: (text) => {
      if (errors.isTTY) errors.write(`\r\u001b[K${text}`);
    },
    note: (text) => {
      errors.write(`${text}\n`);
    },
  };
}

function timeIn(at: Instant, timeZone: string | undefined): string {
  if (Number.isNaN(at)) return '(unknown)';
  if (timeZone === 'UTC') return `${iso(at).slice(0, 19).replace('T', ' ')}Z`;
  const parts = new Intl.DateTimeFormat('en-GB', {
    ...{ timeZone, hourCycle: 'h23', timeZoneName: 'longOffset' },
    ...{ year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit' },
  }).formatToParts(at);
  const part = (name: Intl.DateTimeFormatPartTypes) => parts.find(({ type }) => type === name)?.value ?? '';
  const offset = part('timeZoneName').replace('GMT', '') || 'Z';
  return `${part('year')}-${part('month')}-${part('day')} ${part('hour')}:${part('minute')}:${part('second')}${offset}`;
}
