import type { ScenarioResult, TimelineEntry } from './scenario-result.ts';

/** Seconds from the alarm to what followed it; `undefined` where either did not happen. */
export function secondsAfterAlarm(scenario: ScenarioResult, moment: 'firstAction' | 'end'): number | undefined {
  const at = scenario[moment];
  if (scenario.alarm === undefined || at === undefined) return undefined;
  return (Date.parse(at) - Date.parse(scenario.alarm)) / 1000;
}

/** `3.4`, or a dash where there is nothing to tell. */
export function secondsText(seconds: number | undefined): string {
  return seconds === undefined ? '–' : seconds.toFixed(1);
}

/** The timeline in order of time, with seconds since the fault, or since its first entry where there was none. */
export function relativeTimeline(scenario: ScenarioResult): readonly (TimelineEntry & { readonly seconds: number })[] {
  const entries = scenario.timeline.toSorted((left, right) => Date.parse(left.at) - Date.parse(right.at));
  const zero = originOf(scenario);
  return entries.map((entry) => ({ ...entry, seconds: zero === undefined ? 0 : (Date.parse(entry.at) - zero) / 1000 }));
}

/** Seconds since the same zero as the timeline's. */
export function secondsSinceFault(scenario: ScenarioResult, at: string): number {
  return (Date.parse(at) - (originOf(scenario) ?? Date.parse(at))) / 1000;
}

/** `+3.4 s`, also before the fault: `-1.0 s`. */
export function relativeText(seconds: number): string {
  return `${seconds < 0 ? '' : '+'}${seconds.toFixed(1)} s`;
}

/** ✓ for as expected, ✗ for not, – for not executed. */
export function verdictSign(scenario: ScenarioResult): '✓' | '✗' | '–' {
  if (scenario.outcome === 'not-executed') return '–';
  return scenario.passed ? '✓' : '✗';
}

/** "9 of 9 scenarios ended as they should", with what was not executed. */
export function verdictSentence(scenarios: readonly ScenarioResult[]): string {
  const executed = scenarios.filter(({ outcome }) => outcome !== 'not-executed');
  const passed = executed.filter((scenario) => scenario.passed).length;
  const left = scenarios.length - executed.length;
  const rest = left === 0 ? '' : `; ${left} ${left === 1 ? 'was' : 'were'} not executed`;
  return `${passed} of ${executed.length} ${executed.length === 1 ? 'scenario' : 'scenarios'} ended as ${executed.length === 1 ? 'it' : 'they'} should${rest}`;
}

function originOf(scenario: ScenarioResult): number | undefined {
  const times = scenario.fault === undefined ? scenario.timeline.map(({ at }) => at) : [scenario.fault];
  return times.length === 0 ? undefined : Math.min(...times.map((at) => Date.parse(at)));
}
