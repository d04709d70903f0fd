import { columns } from '../../bin/heal/columns.ts';
import type { ChaosRun } from './chaos.ts';
import { invariants, lastingInvariants } from './invariants/registry.ts';
import { firstOf, historyOf } from './violation-history.ts';

/** What a run prints as JSON, and by which its text is made. */
export interface ChaosReport {
  readonly seed: number;
  readonly seconds: number;
  /** The guardrail that was broken on purpose. */
  readonly broken?: string;
  readonly injected: Readonly<Record<string, number>>;
  readonly acts: Readonly<Record<string, number>>;
  readonly incidents: Readonly<Record<string, number>>;
  readonly messages: number;
  readonly deadLetters: number;
  readonly invariants: readonly {
    readonly invariant: string;
    readonly words: string;
    readonly result: 'kept' | 'violated' | 'not judged';
  }[];
  readonly violations: readonly { readonly invariant: string; readonly what: string }[];
  /** Of the first violation. */
  readonly history: readonly string[];
  readonly exitCode: 0 | 1;
}

export function reportOf(run: ChaosRun, given: { readonly seed: number; readonly broken?: string }): ChaosReport {
  const { aftermath, violations, injected } = run;
  const first = firstOf(violations);
  const isViolated = (name: string) => violations.some(({ invariant }) => invariant === name);
  const outcomes = new Map(
    aftermath.lines.filter(({ kind }) => kind === 'outcome').map((line) => [line.incident, `${line.outcome} (${line.reason})`]),
  );
  return {
    seed: given.seed,
    seconds: Math.round(run.milliseconds / 1_000),
    ...(given.broken !== undefined && { broken: given.broken }),
    injected,
    acts: counts(aftermath.acts.map(({ action, what, givesBack }) => `${action} ${givesBack ? 'giving back' : what}`)),
    incidents: counts(aftermath.incidents.map(({ id }) => outcomes.get(id) ?? 'not ended')),
    messages: aftermath.messages.length,
    deadLetters: aftermath.deadLetters.length,
    invariants: [
      ...invariants.map(({ name, words }) => ({
        invariant: name,
        words,
        result: isViolated(name) ? ('violated' as const) : ('kept' as const),
      })),
      ...lastingInvariants.map(({ name, words }) => ({
        invariant: name,
        words,
        result: isViolated(name) ? ('violated' as const) : run.isOver ? ('kept' as const) : ('not judged' as const),
      })),
    ],
    violations: violations.map(({ invariant, what }) => ({ invariant, what })),
    history: first ? historyOf(first, run) : [],
    exitCode: violations.length === 0 ? 0 : 1,
  };
}

const signs = { kept: '✓', violated: '✗', 'not judged': '–' } as const;

export function reportText(report: ChaosReport): string {
  const { seed, seconds, broken, injected, acts, incidents, violations, history } = report;
  const first = violations[0];
  return [
    `Chaos of ${seconds} s from seed ${seed}${broken === undefined ? '' : `, with the guardrail "${broken}" broken on purpose`}`,
    ...table('Injected', injected),
    ...table('Acts, by the record of the services', acts),
    ...table('Incidents by their end', incidents),
    '',
    `${report.messages} messages to people, ${report.deadLetters} dead letters`,
    '',
    'Invariants',
    ...report.invariants.map(({ invariant, words, result }) => `  ${signs[result]} ${invariant}: ${words}`),
    '',
    `${violations.length} violations`,
    ...(first ? violations.map(({ invariant, what }) => `  ${invariant}: ${what}`) : []),
    ...(first ? ['', `The shortest history of the first one (seed ${seed}):`, ...history] : []),
  ].join('\n');
}

function table(title: string, numbers: Readonly<Record<string, number>>): readonly string[] {
  const total = Object.values(numbers).reduce((sum, number) => sum + number, 0);
  const rows = Object.entries(numbers).map(([what, number]) => ['', String(number), what]);
  return ['', `${title}: ${total}`, ...(rows.length === 0 ? [] : [columns(rows, { numbers: [1] })])];
}

function counts(names: readonly string[]): Readonly<Record<string, number>> {
  const grouped = [...Map.groupBy(names, (name) => name)].map(([name, all]) => [name, all.length] as const);
  return Object.fromEntries(grouped.toSorted(([left], [right]) => left.localeCompare(right)));
}
