import { type Html, html } from '@self-healing/simulation/report/html.ts';
import { anchorOf } from './scenario-anchor.ts';
import type { ScenarioResult, TimelineKind } from './scenario-result.ts';
import { relativeTimeline, secondsSinceFault } from './scenario-times.ts';
import { LABEL_OFFSET, layOutTimeline, type TimelineLayout, type TimelineMark } from './timeline-layout.ts';

/** The page's text width, at which a unit is a pixel. */
const WIDTH_UNITS = 920;

/** The scenario's timeline as a drawing, for wide windows. Nothing is drawn for a scenario without a timeline. */
export function timelineDrawing(scenario: ScenarioResult): Html | undefined {
  if (scenario.timeline.length === 0) return undefined;
  const layout = layOutTimeline(relativeTimeline(scenario), WIDTH_UNITS);
  const id = `${anchorOf(scenario)}-timeline`;
  return html`<svg class="timeline" viewBox="0 0 ${layout.width} ${layout.height}" role="img" aria-labelledby="${id}">
<title id="${id}">Timeline of “${scenario.title}”, in seconds since the fault</title>
${layout.ticks.map((tick) => tickMark(tick, layout))}
${layout.marks.map((mark) => leader(mark, layout))}
${track(scenario, layout)}
${layout.marks.map((mark) => shapeAt(mark, layout))}
${layout.marks.map(label)}
</svg>`;
}

/** The sign of a kind of event, for lists. */
export function kindSign(kind: TimelineKind): Html {
  return html`<svg class="sign" viewBox="-10 -10 20 20" aria-hidden="true"><path class="mark ${kind}" d="${SHAPES[kind]}"/></svg>`;
}

/** Each kind has its own shape, so that colour is not the only difference. */
const SHAPES: Readonly<Record<TimelineKind, string>> = {
  fault: 'M-5,-5 L5,5 M5,-5 L-5,5',
  alarm: 'M0,-7 L7,6 L-7,6 Z',
  decision: 'M-4,0 a4,4 0 1,0 8,0 a4,4 0 1,0 -8,0 Z',
  action: 'M-6,-6 H6 V6 H-6 Z',
  verification: 'M-5,0 a5,5 0 1,0 10,0 a5,5 0 1,0 -10,0 Z',
  outcome: 'M0,-8 L8,0 L0,8 L-8,0 Z',
  message: 'M-6,-4 H6 V4 H-6 Z M-6,-4 L0,1 L6,-4',
};

function tickMark({ x, label: text }: TimelineLayout['ticks'][number], { trackY }: TimelineLayout): Html {
  return html`<line class="tick" x1="${round(x)}" y1="${round(trackY)}" x2="${round(x)}" y2="${round(trackY + 14)}"/><text class="tick-label" x="${round(x)}" y="${round(trackY + 27)}" text-anchor="middle">${text}</text>`;
}

/** The line of time: broken until the alarm, noticed until the first action, in repair until the end. */
function track(scenario: ScenarioResult, layout: TimelineLayout): readonly Html[] {
  const [first, last] = [layout.marks.at(0)?.x ?? 0, layout.marks.at(-1)?.x ?? 0];
  const borders = [
    { phase: 'broken', at: scenario.fault },
    { phase: 'noticed', at: scenario.alarm },
    { phase: 'in-repair', at: scenario.firstAction },
    { phase: scenario.outcome, at: scenario.end },
  ].flatMap(({ phase, at }) => (at === undefined ? [] : [{ phase, x: layout.xOf(secondsSinceFault(scenario, at)) }]));
  const segments = borders.map(({ phase, x }, index) => segment(phase, x, borders[index + 1]?.x ?? last, layout));
  return [segment('quiet', first, last, layout), ...segments];
}

function segment(phase: string, from: number, to: number, { trackY }: TimelineLayout): Html {
  return html`<line class="track ${phase}" x1="${round(from)}" y1="${round(trackY)}" x2="${round(to)}" y2="${round(trackY)}"/>`;
}

function leader({ x, labelY }: TimelineMark, { trackY }: TimelineLayout): Html {
  return html`<polyline class="leader" points="${round(x)},${round(trackY)} ${round(x)},${round(labelY)} ${round(x + LABEL_OFFSET - 2)},${round(labelY)}"/>`;
}

function shapeAt({ x, kind, fullText }: TimelineMark, { trackY }: TimelineLayout): Html {
  return html`<path class="mark ${kind}" d="${SHAPES[kind]}" transform="translate(${round(x)} ${round(trackY)})"><title>${kind}: ${fullText}</title></path>`;
}

/** A text that is cut has its end where the pointer rests on it; the timeline in words has it in any case. */
function label({ x, labelY, time, text, fullText }: TimelineMark): Html {
  const whole = text !== fullText && html`<title>${fullText}</title>`;
  return html`<text class="label" x="${round(x + LABEL_OFFSET)}" y="${round(labelY + 4.5)}"><tspan class="time">${time}</tspan> ${text}${whole}</text>`;
}

function round(value: number): string {
  return value.toFixed(1);
}
