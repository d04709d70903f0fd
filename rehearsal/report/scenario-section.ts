import { type Html, html } from '@self-healing/simulation/report/html.ts';
import { anchorOf } from './scenario-anchor.ts';
import type { ScenarioResult } from './scenario-result.ts';
import { relativeText, relativeTimeline, secondsAfterAlarm, secondsSinceFault, secondsText, verdictSign } from './scenario-times.ts';
import { kindSign, timelineDrawing } from './timeline-svg.ts';

/** One scenario of the page. */
export function scenarioSection(scenario: ScenarioResult): Html {
  return html`<article id="${anchorOf(scenario)}">
<header>
<h2>${scenario.title}</h2>
<p class="meta"><code>${scenario.name}</code> <span>policy <code>${scenario.policy}</code></span> <span>target <code>${scenario.target}</code></span></p>
</header>
${outcome(scenario)}
${timelineDrawing(scenario)}
${events(scenario)}
${rungs(scenario)}
${messages(scenario)}
${acts(scenario)}
${truth(scenario)}
<p class="up"><a href="#top">Back to the summary</a></p>
</article>`;
}

/** Sign and word, so that colour is never the only carrier. */
export function verdictBadge(scenario: ScenarioResult): Html {
  const word = { '✓': 'as expected', '✗': 'not as expected', '–': 'not executed' }[verdictSign(scenario)];
  const kind = { '✓': 'good', '✗': 'bad', '–': 'open' }[verdictSign(scenario)];
  return html`<span class="badge ${kind}"><span aria-hidden="true">${verdictSign(scenario)}</span> ${word}</span>`;
}

function outcome(scenario: ScenarioResult): Html {
  const [toAction, toEnd] = [secondsAfterAlarm(scenario, 'firstAction'), secondsAfterAlarm(scenario, 'end')];
  return html`<div class="outcome">
<p>${verdictBadge(scenario)} ${scenario.outcome !== 'not-executed' && html`<strong>${scenario.outcome}</strong>`} <span class="reason">${scenario.reason}</span></p>
${toEnd !== undefined && html`<p class="speed">alarm to end <b>${secondsText(toEnd)} s</b>${toAction !== undefined && html`, to first action <b>${secondsText(toAction)} s</b>`}</p>`}
${explanation(scenario)}
</div>`;
}

function explanation({ passed, outcome: ended, expected, why }: ScenarioResult): Html | undefined {
  if (passed || ended === 'not-executed') return why === undefined ? undefined : html`<p class="why">${why}</p>`;
  return html`<p class="why">Expected <strong>${expected.outcome}</strong>: ${expected.reason}.${why !== undefined && html` ${why}`}</p>`;
}

/** The same timeline in words: folded below the drawing, and in its place where the window is narrow. */
function events(scenario: ScenarioResult): Html | undefined {
  if (scenario.timeline.length === 0) return undefined;
  const steps = relativeTimeline(scenario).map(
    ({ seconds, kind, text, at }) =>
      html`<li>${kindSign(kind)}<time datetime="${at}">${relativeText(seconds)}</time><span><span class="kind">${kind}</span> ${text}</span></li>`,
  );
  return html`<ol class="steps narrow">${steps}</ol><details class="in-words"><summary>The timeline in words</summary><ol class="steps">${steps}</ol></details>`;
}

function rungs(scenario: ScenarioResult): Html | undefined {
  if (scenario.rungs.length === 0) return undefined;
  const rows = scenario.rungs.map(
    ({ rung, remedy, at, result }) =>
      html`<tr><td>${rung}</td><td><code>${remedy}</code></td><td class="number">${since(scenario, at)}</td><td>${result}</td></tr>`,
  );
  return html`<section><h3>Rungs</h3><div class="scroll"><table class="rungs"><thead><tr><th scope="col">Rung</th><th scope="col">Remedy</th><th class="number" scope="col">Tried at</th><th scope="col">Result</th></tr></thead><tbody>${rows}</tbody></table></div></section>`;
}

function messages(scenario: ScenarioResult): Html | undefined {
  if (scenario.messages.length === 0) return undefined;
  const letters = scenario.messages.map(
    ({ at, subject, body }) =>
      html`<div class="message"><p class="subject"><strong>${subject}</strong> <time datetime="${at}">${since(scenario, at)}</time></p><pre>${body.trimEnd()}</pre></div>`,
  );
  return html`<section><h3>${scenario.messages.length === 1 ? 'Message' : 'Messages'} sent</h3>${letters}</section>`;
}

function acts(scenario: ScenarioResult): Html | undefined {
  if (scenario.outcome === 'not-executed') return undefined;
  const rows = scenario.acts.map(
    ({ at, call }) => html`<tr><td class="number">${since(scenario, at)}</td><td><code>${call}</code></td></tr>`,
  );
  const body =
    rows.length === 0
      ? html`<p class="none">Nothing was changed.</p>`
      : html`<div class="scroll"><table class="plain"><tbody>${rows}</tbody></table></div>`;
  return html`<section><h3>Recorded at the gateway</h3>${body}</section>`;
}

function truth(scenario: ScenarioResult): Html | undefined {
  if (scenario.real.length + scenario.simulated.length === 0) return undefined;
  return html`<div class="truth">${sentences('Real', scenario.real)}${sentences('Simulated', scenario.simulated)}</div>`;
}

/** A heading with a list of sentences; nothing where there are none. */
export function sentences(title: string, list: readonly string[]): Html | undefined {
  if (list.length === 0) return undefined;
  return html`<section><h3>${title}</h3><ul>${list.map((sentence) => html`<li>${sentence}</li>`)}</ul></section>`;
}

function since(scenario: ScenarioResult, at: string): string {
  return relativeText(secondsSinceFault(scenario, at));
}
