import { type Colors, colorsIf } from '@self-healing/simulation/report/colors.ts';
import { columns } from '../../bin/heal/columns.ts';
import type { RehearsalResult, ScenarioResult, TimelineKind } from './scenario-result.ts';
import {
  relativeText,
  relativeTimeline,
  secondsAfterAlarm,
  secondsSinceFault,
  secondsText,
  verdictSentence,
  verdictSign,
} from './scenario-times.ts';

/** Whether the reader's terminal shows colours. */
export interface TextOptions {
  readonly colors: boolean;
}

/** The whole rehearsal for a terminal: every scenario and a table at the end. */
export function rehearsalText(result: RehearsalResult, options: TextOptions): string {
  const colors = colorsIf(options.colors);
  const shared = result.simulated.map((sentence) => colors.dim(`  simulated  ${clean(sentence)}`));
  const all = result.scenarios.every((scenario) => scenario.passed) ? colors.green : colors.red;
  return [
    ...result.scenarios.map((scenario) => scenarioText(scenario, options)),
    summaryTable(result.scenarios, colors),
    '',
    ...(shared.length > 0 ? [colors.bold('For every scenario'), ...shared, ''] : []),
    all(`${verdictSentence(result.scenarios)}, in ${result.durationSeconds.toFixed(0)} s.`),
    '',
  ].join('\n');
}

/** One scenario for a terminal. Times count from the fault. */
export function scenarioText(scenario: ScenarioResult, options: TextOptions): string {
  const colors = colorsIf(options.colors);
  const lines = [
    `${signed(scenario, colors)} ${colors.bold(clean(scenario.title))}  ${colors.dim(clean(`${scenario.name} · ${scenario.policy} · ${scenario.target}`))}`,
    ...relativeTimeline(scenario).map(
      ({ seconds, kind, text }) => `  ${time(seconds, colors)}  ${kindColor(kind, colors)(kind.padEnd(KIND_WIDTH))}  ${clean(text)}`,
    ),
    outcomeLine(scenario, colors),
    ...scenario.messages.flatMap((message) => [
      `  ${time(secondsSinceFault(scenario, message.at), colors)}  ${colors.bold(clean(message.subject))}`,
      ...message.body
        .trimEnd()
        .split('\n')
        .map((line) => `${' '.repeat(MESSAGE_INDENT)}${colors.dim('│')} ${clean(line)}`),
    ]),
    ...scenario.real.map((sentence) => colors.dim(`  real       ${clean(sentence)}`)),
    ...scenario.simulated.map((sentence) => colors.dim(`  simulated  ${clean(sentence)}`)),
  ];
  return `${lines.join('\n')}\n`;
}

/** Width of the longest kind, `verification`. */
const KIND_WIDTH = 12;
/** Room for `+9999.9 s`. */
const TIME_WIDTH = 9;
const MESSAGE_INDENT = TIME_WIDTH + 4;

function time(seconds: number, colors: Colors): string {
  return colors.dim(relativeText(seconds).padStart(TIME_WIDTH));
}

function outcomeLine(scenario: ScenarioResult, colors: Colors): string {
  const found = clean(`${scenario.outcome}: ${scenario.reason}`);
  const why = scenario.why === undefined ? '' : ` – ${clean(scenario.why)}`;
  if (scenario.outcome === 'not-executed') return `  ${colors.yellow('–')} not executed${why}`;
  if (scenario.passed) return `  ${colors.green('✓')} ${found}`;
  return `  ${colors.red('✗')} ${found}; expected ${clean(`${scenario.expected.outcome}: ${scenario.expected.reason}`)}${why}`;
}

function summaryTable(scenarios: readonly ScenarioResult[], colors: Colors): string {
  const head = ['scenario', 'outcome', 'reason', 'alarm→first action s', 'alarm→end s'];
  const rows = scenarios.map((scenario) => [
    clean(scenario.name),
    scenario.outcome,
    clean(scenario.reason),
    secondsText(secondsAfterAlarm(scenario, 'firstAction')),
    secondsText(secondsAfterAlarm(scenario, 'end')),
  ]);
  const [title = '', ...lines] = columns([head, ...rows], { numbers: [3, 4] }).split('\n');
  return [colors.bold(`  ${title}`), ...lines.map((line, index) => `${signOf(scenarios[index], colors)} ${line}`)].join('\n');
}

function signOf(scenario: ScenarioResult | undefined, colors: Colors): string {
  return scenario ? signed(scenario, colors) : ' ';
}

function signed(scenario: ScenarioResult, colors: Colors): string {
  const sign = verdictSign(scenario);
  return { '✓': colors.green, '✗': colors.red, '–': colors.yellow }[sign](sign);
}

function kindColor(kind: TimelineKind, colors: Colors): (text: string) => string {
  switch (kind) {
    case 'fault':
      return colors.red;
    case 'alarm':
      return colors.yellow;
    case 'action':
      return colors.cyan;
    case 'verification':
      return colors.blue;
    case 'outcome':
      return colors.green;
    case 'decision':
    case 'message':
      return colors.dim;
  }
}

/** Text from outside on one line, without control characters that could move the cursor or recolour the terminal. */
function clean(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ');
}
