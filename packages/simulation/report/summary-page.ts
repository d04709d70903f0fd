import { type Html, html } from './html.ts';
import { page } from './page.ts';
import type { Moment, SimulationSummary } from './summary.ts';
import { summaryText } from './summary-text.ts';

const WIDTH = 920;
const HEIGHT = 120;
const BOTTOM = 22;

const CURVES =
  '.curve { fill: var(--repair); opacity: 0.75; } .axis { stroke: var(--rule); } svg text { fill: var(--soft); font-size: 12px; }';

/** The simulation as one page without any outside resource: its curves over time, and its numbers. */
export function summaryPage(summary: SimulationSummary): string {
  return page(
    `Simulation ${summary.scenario} of the self-healing pipeline`,
    html`<header class="page"><p class="eyebrow">Simulation of the self-healing pipeline</p><h1>${summary.scenario}: ${summary.title}</h1></header>
${curve('Open incidents', summary, ({ open }) => open)}
${curve('Acts in flight', summary, ({ inFlight }) => inFlight)}
${curve('Messages', summary, ({ messages }) => messages)}
<pre>${summaryText(summary, { colors: false })}</pre>`,
    CURVES,
  );
}

function curve(name: string, { timeline, simulatedMinutes }: SimulationSummary, measure: (moment: Moment) => number): Html {
  const most = Math.max(1, ...timeline.map(measure));
  const width = WIDTH / timeline.length;
  const top = (moment: Moment) => (HEIGHT * (1 - measure(moment) / most)).toFixed(1);
  const points = timeline.map(
    (moment, index) => `L${(index * width).toFixed(1)},${top(moment)} L${((index + 1) * width).toFixed(1)},${top(moment)}`,
  );
  return html`<section><h3>${name}, at most ${Math.max(0, ...timeline.map(measure))}</h3>
<svg viewBox="0 0 ${WIDTH} ${HEIGHT + BOTTOM}" role="img" aria-label="${name} over ${simulatedMinutes.toFixed(0)} minutes">
<path class="curve" d="M0,${HEIGHT} ${points.join(' ')} L${WIDTH},${HEIGHT} Z"/>
<line class="axis" x1="0" y1="${HEIGHT}" x2="${WIDTH}" y2="${HEIGHT}"/>
<text x="0" y="${HEIGHT + 16}">0 min</text><text x="${WIDTH}" y="${HEIGHT + 16}" text-anchor="end">${simulatedMinutes.toFixed(0)} min</text>
</svg></section>`;
}
