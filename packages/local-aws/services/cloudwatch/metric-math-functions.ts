import { type MathValue, scalar, seriesOf, singleSeries, zip } from './metric-math-value.ts';
import { NotEvaluated } from './not-evaluated.ts';
import type { SlotValues } from './time-grid.ts';

/** The functions of metric math that the local AWS knows; any other name is reported as not evaluated. */
export function callFunction(name: string, inputs: readonly MathValue[], slots: number): MathValue {
  switch (name) {
    case 'ABS':
      return zip(exactly(name, inputs, 1), Math.abs);
    case 'CEIL':
      return zip(exactly(name, inputs, 1), Math.ceil);
    case 'FLOOR':
      return zip(exactly(name, inputs, 1), Math.floor);
    case 'IF':
      return chooseBySlot(inputs, slots);
    case 'FILL':
      return fill(exactly(name, inputs, 2), slots);
    case 'FILL_REPEAT':
      return fillRepeat(exactly(name, inputs, 1));
    case 'MAX':
    case 'MIN':
    case 'SUM':
    case 'AVG':
      return reduce(REDUCERS[name], exactly(name, inputs, 1)[0]);
    case 'TIME_SERIES':
      return singleSeries(seriesOf(exactly(name, inputs, 1)[0] ?? scalar(undefined), slots)[0]?.values ?? []);
    default:
      throw new NotEvaluated(`metric math function ${name} is not supported`);
  }
}

type Reducer = (values: readonly number[]) => number;

const REDUCERS: Readonly<Record<'MAX' | 'MIN' | 'SUM' | 'AVG', Reducer>> = {
  MAX: (values) => Math.max(...values),
  MIN: (values) => Math.min(...values),
  SUM: (values) => values.reduce((total, value) => total + value, 0),
  AVG: (values) => values.reduce((total, value) => total + value, 0) / values.length,
};

function exactly(name: string, inputs: readonly MathValue[], count: number): readonly MathValue[] {
  if (inputs.length !== count) throw new NotEvaluated(`metric math: ${name} with ${inputs.length} arguments is not supported`);
  return inputs;
}

/** Over an array: one value per timestamp across its series, of those that report. Over one series: one number for the whole range. */
function reduce(reducer: Reducer, input: MathValue | undefined): MathValue {
  if (input?.kind !== 'series') return input ?? scalar(undefined);
  if (!input.array) return scalar(reducePresent(reducer, input.series[0]?.values ?? []));
  const slots = Math.max(0, ...input.series.map((series) => series.values.length));
  return singleSeries(
    Array.from({ length: slots }, (_, slot) =>
      reducePresent(
        reducer,
        input.series.map((series) => series.values[slot]),
      ),
    ),
  );
}

function reducePresent(reducer: Reducer, values: SlotValues): number | undefined {
  const present = values.filter((value) => value !== undefined);
  return present.length > 0 ? reducer(present) : undefined;
}

/** IF(condition, then, else): a branch that is not chosen may be missing; without `else` there is no datapoint. */
function chooseBySlot(inputs: readonly MathValue[], slots: number): MathValue {
  const [condition, whenTrue, whenFalse] = inputs;
  if (!condition || !whenTrue || inputs.length > 3)
    throw new NotEvaluated(`metric math: IF with ${inputs.length} arguments is not supported`);
  const branches = whenFalse ? [condition, whenTrue, whenFalse] : [condition, whenTrue];
  if (condition.kind === 'scalar') return condition.value ? whenTrue : (whenFalse ?? scalar(undefined));
  if (branches.some((input) => input.kind === 'series' && input.array))
    throw new NotEvaluated('metric math: IF over arrays is not supported');
  const [tests, yes, no] = branches.map((input) => seriesOf(input, slots)[0]?.values ?? []);
  return singleSeries(
    Array.from({ length: slots }, (_, slot) => {
      const test = tests?.[slot];
      if (test === undefined) return undefined;
      return test !== 0 ? yes?.[slot] : no?.[slot];
    }),
  );
}

/** FILL(metric, value): a metric without a single datapoint is filled too, which is what sparse error counts need. */
function fill([input, filler]: readonly MathValue[], slots: number): MathValue {
  if (input?.kind !== 'series' || !filler) throw new NotEvaluated('metric math: FILL needs a time series');
  const fillers = seriesOf(filler, slots)[0]?.values ?? [];
  const series = input.series.map((each) => ({ ...each, values: each.values.map((value, slot) => value ?? fillers[slot]) }));
  return { ...input, series };
}

function fillRepeat([input]: readonly MathValue[]): MathValue {
  if (input?.kind !== 'series') throw new NotEvaluated('metric math: FILL needs a time series');
  const series = input.series.map((each) => {
    let last: number | undefined;
    return { ...each, values: each.values.map((value) => (last = value ?? last)) };
  });
  return { ...input, series };
}
