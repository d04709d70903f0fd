import { REPORT_STYLE } from '../../packages/simulation/report/report-style.ts';
import type { ScenarioResult } from '../../rehearsal/report/scenario-result.ts';
import { timelineDrawing } from '../../rehearsal/report/timeline-svg.ts';

/** Room around the drawing, and above it for the title. */
const MARGIN = 24;
const HEAD = 64;

/** The rules of the drawing, beside the colours. */
const RULE_OF_THE_DRAWING = /^\.(?:timeline|tick|leader|track|mark)\b/;

/** What the report page's style sheet says of colours and of the drawing. */
function styleOfTheDrawing(): string {
  const [colours = '', rest = ''] = REPORT_STYLE.trim().split('\n* { box-sizing');
  return [colours, ...rest.split('\n').filter((line) => RULE_OF_THE_DRAWING.test(line))].join('\n');
}

/** A scenario of the report page as a picture that stands alone, in light and dark. */
export function pictureOf(scenario: ScenarioResult): string {
  const drawing = timelineDrawing(scenario)?.text ?? '';
  const [, width = '0', height = '0'] = /viewBox="0 0 ([\d.]+) ([\d.]+)"/.exec(drawing) ?? [];
  const sized = drawing.replace('<svg class="timeline"', `<svg class="timeline" width="${width}" height="${height}"`);
  const [wide, high] = [Number(width) + 2 * MARGIN, Math.ceil(Number(height)) + HEAD + 2 * MARGIN];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${wide} ${high}" width="${wide}" height="${high}">
<title>Timeline of an incident on the report page of a rehearsal</title>
<style>
${styleOfTheDrawing()}
.timeline { width: ${width}px; height: ${height}px; margin: 0; }
svg { font-family: system-ui, "Segoe UI", Roboto, sans-serif; }
.title { font-size: 22px; font-weight: 650; fill: var(--ink); }
.ended { font-size: 14px; fill: var(--soft); }
</style>
<rect width="${wide}" height="${high}" style="fill: var(--paper)"/>
<text class="title" x="${MARGIN}" y="${MARGIN + 22}">${scenario.title}</text>
<text class="ended" x="${MARGIN}" y="${MARGIN + 46}">${scenario.outcome} (${scenario.reason}), seconds since the fault; waits are shortened</text>
<g transform="translate(${MARGIN} ${HEAD + MARGIN})">
${sized}
</g>
</svg>
`;
}
