import { type Html, html } from '@self-healing/simulation/report/html.ts';
import { page } from '@self-healing/simulation/report/page.ts';
import { anchorOf } from './scenario-anchor.ts';
import type { RehearsalResult, ScenarioResult, TimelineKind } from './scenario-result.ts';
import { scenarioSection, sentences, verdictBadge } from './scenario-section.ts';
import { secondsAfterAlarm, secondsText, verdictSentence } from './scenario-times.ts';
import { kindSign } from './timeline-svg.ts';

/** The rehearsal as one page without any outside resource. Every text from outside is escaped. */
export function reportPage(result: RehearsalResult): string {
  const scenarios = failedFirst(result.scenarios);
  return page(
    `Rehearsal of the self-healing pipeline: ${verdictSentence(result.scenarios)}`,
    html`${pageHeader(result)}
${summary(scenarios)}
${legend()}
${scenarios.map(scenarioSection)}
${pageFooter(result)}`,
  );
}

/** What went wrong is what the reader came for. */
function failedFirst(scenarios: readonly ScenarioResult[]): readonly ScenarioResult[] {
  const rank = ({ passed, outcome }: ScenarioResult) => (passed ? 2 : outcome === 'not-executed' ? 1 : 0);
  return scenarios.toSorted((left, right) => rank(left) - rank(right));
}

function pageHeader(result: RehearsalResult): Html {
  const versions = Object.entries(result.versions).map(([name, version]) => `${name} ${version}`);
  return html`<header class="page" id="top">
<p class="eyebrow">Rehearsal of the self-healing pipeline</p>
<h1>${verdictSentence(result.scenarios)}</h1>
<dl>
${fact('Started', `${result.startedAt.slice(0, 10)} ${result.startedAt.slice(11, 19)} UTC`)}
${fact('Took', `${result.durationSeconds.toFixed(0)} s`)}
${fact('Time', `${result.timeScale} times faster than on AWS`)}
${fact('Nodes', [result.nodes.how, result.nodes.why].filter((part) => part !== undefined).join(': '))}
${fact('Versions', versions.join(' · '))}
</dl>
</header>`;
}

function fact(name: string, value: string): Html | undefined {
  return value === '' ? undefined : html`<div><dt>${name}</dt><dd>${value}</dd></div>`;
}

function summary(scenarios: readonly ScenarioResult[]): Html {
  const rows = scenarios.map(
    (scenario) => html`<tr>
<th scope="row"><a href="#${anchorOf(scenario)}">${scenario.title}</a></th>
<td>${verdictBadge(scenario)}</td>
<td>${scenario.outcome} <span class="reason">${scenario.reason}</span></td>
${durationCell('first action', secondsAfterAlarm(scenario, 'firstAction'))}
${durationCell('end', secondsAfterAlarm(scenario, 'end'))}
</tr>`,
  );
  return html`<section class="summary" aria-label="Summary"><table>
<thead><tr><th scope="col">Scenario</th><th scope="col">Verdict</th><th scope="col">Outcome and reason</th><th scope="col" class="number">Alarm to first&nbsp;action,&nbsp;s</th><th scope="col" class="number">Alarm to&nbsp;end,&nbsp;s</th></tr></thead>
<tbody>${rows}</tbody></table></section>`;
}

const KINDS: readonly TimelineKind[] = ['fault', 'alarm', 'decision', 'action', 'verification', 'outcome', 'message'];

/** The label stands before the number where a narrow window turns the table's rows into paragraphs. */
function durationCell(label: string, seconds: number | undefined): Html {
  return html`<td class="number${seconds === undefined && ' empty'}" data-label="${label}">${secondsText(seconds)}</td>`;
}

function legend(): Html {
  const phase = (kind: string, text: string) => html`<li><span class="swatch ${kind}" aria-hidden="true"></span>${text}</li>`;
  const sign = (kind: TimelineKind) => html`<li>${kindSign(kind)}${kind}</li>`;
  return html`<ul class="legend" aria-label="Colours and signs of the timelines">${phase('broken', 'broken, not noticed')}${phase('noticed', 'noticed, deciding')}${phase('in-repair', 'in repair')}${KINDS.map(sign)}</ul>`;
}

function pageFooter(result: RehearsalResult): Html | undefined {
  if (result.simulated.length === 0) return undefined;
  return html`<footer>${sentences('Simulated in every scenario', result.simulated)}</footer>`;
}
