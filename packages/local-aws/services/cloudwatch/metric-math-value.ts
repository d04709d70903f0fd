import { type Dimensions, dimensionKey } from './dimensions.ts';
import { NotEvaluated } from './not-evaluated.ts';
import type { SlotValues } from './time-grid.ts';

/** One time series of a result, told apart from its siblings by its attributes. */
export interface ValueSeries {
  readonly attributes: Dimensions;
  readonly label?: string;
  readonly values: SlotValues;
}

/** What an expression can give. An array has any number of series (GROUP BY, `[m1, m2]`, `METRICS()`); otherwise there is exactly one. */
export type MathValue =
  | { readonly kind: 'scalar'; readonly value: number | undefined }
  | { readonly kind: 'series'; readonly array: boolean; readonly series: readonly ValueSeries[] };

export function scalar(value: number | undefined): MathValue {
  return { kind: 'scalar', value };
}

export function singleSeries(values: SlotValues): MathValue {
  return { kind: 'series', array: false, series: [{ attributes: {}, values }] };
}

/** A number as a constant series; everything else unchanged. */
export function seriesOf(value: MathValue, slots: number): readonly ValueSeries[] {
  if (value.kind === 'series') return value.series;
  return [{ attributes: {}, values: Array.from({ length: slots }, () => value.value) }];
}

/**
 * Applies an operation timestamp by timestamp. A timestamp that any input lacks has no result, as on AWS.
 * Two arrays are matched by equal attributes.
 */
export function zip(inputs: readonly MathValue[], operation: (...values: number[]) => number | undefined): MathValue {
  const arrays = inputs.filter((input) => input.kind === 'series' && input.array);
  const shape = arrays[0] ?? inputs.find((input) => input.kind === 'series');
  if (shape?.kind !== 'series') {
    return scalar(
      applyAll(
        inputs.map((input) => (input.kind === 'scalar' ? input.value : undefined)),
        operation,
      ),
    );
  }
  const series = shape.series.flatMap((lead) => {
    const partners = inputs.map((input) => partnerOf(input, lead));
    if (partners.includes(undefined)) return [];
    const values = lead.values.map((_, slot) =>
      applyAll(
        partners.map((partner) => valueAt(partner, slot)),
        operation,
      ),
    );
    return [{ ...lead, values }];
  });
  return { kind: 'series', array: shape.array, series };
}

function partnerOf(input: MathValue, lead: ValueSeries): ValueSeries | number | null | undefined {
  if (input.kind === 'scalar') return input.value ?? null;
  if (!input.array) return input.series[0] ?? null;
  const key = dimensionKey(lead.attributes);
  const matches = input.series.filter((candidate) => dimensionKey(candidate.attributes) === key);
  if (matches.length > 1 && !matches.includes(lead))
    throw new NotEvaluated('metric math between two arrays without GROUP BY is not supported');
  return matches.includes(lead) ? lead : matches[0];
}

function valueAt(partner: ValueSeries | number | null | undefined, slot: number): number | undefined {
  if (partner === null || partner === undefined) return undefined;
  return typeof partner === 'number' ? partner : partner.values[slot];
}

function applyAll(values: readonly (number | undefined)[], operation: (...values: number[]) => number | undefined): number | undefined {
  const present = values.filter((value) => value !== undefined);
  if (present.length < values.length) return undefined;
  const result = operation(...present);
  return result === undefined || !Number.isFinite(result) ? undefined : result;
}
