import type { TimelineKind } from './scenario-result.ts';

/** Where everything of a drawn timeline goes, in the drawing's own units (pixels at full width). */
export interface TimelineLayout {
  readonly width: number;
  readonly height: number;
  readonly trackY: number;
  readonly ticks: readonly { readonly x: number; readonly label: string }[];
  readonly marks: readonly TimelineMark[];
  /** Place of any moment on the track. */
  xOf(seconds: number): number;
}

export interface TimelineMark {
  readonly x: number;
  readonly kind: TimelineKind;
  readonly time: string;
  /** Cut to fit; the whole text is in `fullText`. */
  readonly text: string;
  readonly fullText: string;
  /** Centre line of the label. */
  readonly labelY: number;
}

interface Entry {
  readonly seconds: number;
  readonly kind: TimelineKind;
  readonly text: string;
}

/** Distance from the mark's line to its label, and between neighbouring labels. */
export const LABEL_OFFSET = 7;
const LABEL_GAP = 14;

const SIDE_PADDING = 12;
const TOP_PADDING = 14;
const ROW_HEIGHT = 21;
/** From the lowest label to the track, and from the track to the bottom, where the ticks are named. */
const LABELS_TO_TRACK = 26;
const TRACK_TO_BOTTOM = 34;

/** Average advance of a 13 px sans-serif letter in wide system fonts such as DejaVu Sans; narrower fonts only leave more room. */
const LETTER_WIDTH = 7.6;

/** The share of the width in which marks lie; the rest is room for the labels of the last ones. */
const PLOT_SHARE = 0.66;

/** Longer labels are cut: they would push all earlier ones into higher rows. */
const MAX_LABEL_LETTERS = 64;

/** Marks of nearly the same time are moved this far apart, so that each can be seen. */
const MIN_MARK_DISTANCE = 15;

/**
 * Lays out marks and labels so that no label meets another label or a leader line. Labels stand above the track and extend to the
 * right of their mark; earlier marks take the higher rows, so the line of each passes to the left of all later labels, and the
 * labels read from top to bottom. Entries must be in order of time.
 */
export function layOutTimeline(entries: readonly Entry[], width: number): TimelineLayout {
  const xs = markPlaces(entries, width);
  const xOf = placeOf(entries, xs);
  const labels = entries.map((entry, index) => labelOf(entry, xs[index] ?? 0, width));
  const rows = rowsOf(labels);
  const top = Math.max(0, ...rows);
  const labelY = (row: number): number => TOP_PADDING + (top - row) * ROW_HEIGHT;
  const trackY = labelY(0) + LABELS_TO_TRACK;
  return {
    width,
    height: trackY + TRACK_TO_BOTTOM,
    trackY,
    xOf,
    marks: labels.map(({ end: _, ...label }, index) => ({ ...label, labelY: labelY(rows[index] ?? 0) })),
    ticks: tickSeconds(entries, width).map((second) => ({ x: xOf(second), label: `${second} s` })),
  };
}

function markPlaces(entries: readonly Entry[], width: number): number[] {
  const from = entries.at(0)?.seconds ?? 0;
  const span = Math.max(1, (entries.at(-1)?.seconds ?? 0) - from);
  const plot = width * PLOT_SHARE - SIDE_PADDING;
  const distance = Math.min(MIN_MARK_DISTANCE, plot / Math.max(1, entries.length));
  const xs: number[] = [];
  for (const { seconds } of entries) {
    const exact = SIDE_PADDING + ((seconds - from) / span) * plot;
    xs.push(Math.max(exact, (xs.at(-1) ?? Number.NEGATIVE_INFINITY) + distance));
  }
  return xs;
}

/** Linear between neighbouring marks, so that whatever lies between two moments is drawn between their marks. */
function placeOf(entries: readonly Entry[], xs: readonly number[]): (seconds: number) => number {
  return (seconds) => {
    const next = entries.findIndex((entry) => entry.seconds >= seconds);
    if (next <= 0) return xs.at(next) ?? 0;
    const [before, after] = [entries[next - 1]?.seconds ?? 0, entries[next]?.seconds ?? 0];
    const [left, right] = [xs[next - 1] ?? 0, xs[next] ?? 0];
    return left + ((seconds - before) / (after - before)) * (right - left);
  };
}

function labelOf({ seconds, kind, text }: Entry, x: number, width: number): Omit<TimelineMark, 'labelY'> & { readonly end: number } {
  const time = `${seconds.toFixed(1)} s`;
  const room = Math.floor((width - x - LABEL_OFFSET) / LETTER_WIDTH) - time.length - 1;
  const shown = cut(text, Math.max(4, Math.min(room, MAX_LABEL_LETTERS)));
  return { x, kind, time, text: shown, fullText: text, end: x + LABEL_OFFSET + (time.length + 1 + shown.length) * LETTER_WIDTH };
}

/** Row of each label, 0 next to the track: one above every later label that it would reach. */
function rowsOf(labels: readonly { readonly x: number; readonly end: number }[]): number[] {
  const rows: number[] = labels.map(() => 0);
  for (let index = labels.length - 1; index >= 0; index--) {
    const end = (labels[index]?.end ?? 0) + LABEL_GAP;
    const reached = rows.filter((_, other) => other > index && (labels[other]?.x ?? 0) < end);
    rows[index] = Math.max(-1, ...reached) + 1;
  }
  return rows;
}

/** Round seconds, about one per hundred units of width. */
function tickSeconds(entries: readonly Entry[], width: number): number[] {
  const [from, to] = [entries.at(0)?.seconds ?? 0, entries.at(-1)?.seconds ?? 0];
  const wanted = (width * PLOT_SHARE) / 100;
  const step = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800].find((candidate) => (to - from) / candidate <= wanted) ?? 3600;
  const first = Math.ceil(from / step);
  return Array.from({ length: Math.max(0, Math.floor(to / step) - first + 1) }, (_, index) => (first + index) * step);
}

function cut(text: string, letters: number): string {
  const characters = [...text];
  return characters.length <= letters
    ? text
    : `${characters
        .slice(0, letters - 1)
        .join('')
        .trimEnd()}…`;
}
