import { columns } from '../../../bin/heal/columns.ts';
import { colorsIf } from './colors.ts';
import { type Moment, type Peak, PRICES, type SimulationSummary } from './summary.ts';

const BARS = ' ▁▂▃▄▅▆▇█';

const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** The summary for a terminal. */
export function summaryText(summary: SimulationSummary, options: { readonly colors: boolean }): string {
  const { bold, dim, green, red } = colorsIf(options.colors);
  const { events, peaks, dollars, breaches, took } = summary;
  return [
    `${bold(summary.scenario)}: ${summary.title}`,
    dim(
      `${whole.format(summary.targets)} targets, seed ${summary.seed}; ${summary.simulatedMinutes.toFixed(1)} minutes in ${took.seconds.toFixed(1)} s`,
    ),
    dim(`${took.processorSeconds.toFixed(1)} s of a processor, at most ${whole.format(took.peakMegabytes)} MB of memory`),
    '',
    ...indented([
      ['open incidents', chart(summary.timeline, ({ open }) => open)],
      ['acts in flight', chart(summary.timeline, ({ inFlight }) => inFlight)],
      ['messages', chart(summary.timeline, ({ messages }) => messages)],
      ['', ''],
      [
        'events',
        `${whole.format(events.deliveries)} deliveries, ${whole.format(events.duplicates)} recognized as duplicates, ${events.deadLetters} dead letters`,
      ],
      ['incidents', `${whole.format(summary.incidents)}: ${list(summary.ends)}`],
      ['acts', list(summary.acts)],
      ['duplicate acts', String(summary.duplicateActs)],
      ['peak of a fleet', peak(peaks.fleet)],
      ['peak of a zone', peak(peaks.zone)],
      ['peak of the pipeline', peak(peaks.period)],
      ['time to drain', `${summary.drainMinutes.toFixed(1)} minutes after the last event`],
      ['messages', whole.format(summary.messages)],
      ['requests', list(summary.requests)],
      ['state transitions', `${whole.format(summary.transitions)}, $${dollars.transitions.toFixed(2)} at $${PRICES.transitions} a million`],
      [
        'invocations',
        `${whole.format(summary.invocations)}, $${dollars.invocations.toFixed(2)} at $${PRICES.invocations} a million, without duration`,
      ],
    ]),
    '',
    breaches.length === 0 ? green('Every invariant was kept.') : red(`${breaches.length} breaches of the invariants:`),
    ...breaches.slice(0, 20).map((breach) => `  ${breach}`),
  ].join('\n');
}

function indented(rows: readonly (readonly string[])[]): readonly string[] {
  return columns(rows)
    .split('\n')
    .map((line) => (line === '' ? '' : `  ${line}`));
}

function chart(timeline: readonly Moment[], measure: (moment: Moment) => number): string {
  const most = Math.max(0, ...timeline.map(measure));
  const bar = (moment: Moment) => BARS[most === 0 ? 0 : Math.ceil((measure(moment) / most) * (BARS.length - 1))] ?? ' ';
  return `${timeline.map(bar).join('')}  ${whole.format(most)}`;
}

function peak({ most, limit, where }: Peak): string {
  return most === 0 ? 'nothing was done' : `${most} of ${limit} allowed (${where})`;
}

function list(counts: Readonly<Record<string, number>>): string {
  const parts = Object.entries(counts).map(([name, count]) => `${name} ${whole.format(count)}`);
  return parts.length === 0 ? 'none' : parts.join(', ');
}
