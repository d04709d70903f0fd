/** The times of datapoints, which CloudWatch writes in brackets without saying whose clock they are by. */
const DATAPOINT_TIME = /\s?\(\d{2}\/\d{2}\/\d{2} \d{2}:\d{2}:\d{2}\)/g;

/** A number with more digits than anybody reads: many decimals, or an exponent. No part of a time, an address or a version. */
const LONG_NUMBER = /(?<![\w.:-])-?\d+(?:\.\d{3,}(?:E-?\d+)?|(?:\.\d+)?E-?\d+|\.0|(?<=\d{7,}))(?![\w.:-]*\w)/g;

const UNITS = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'];

/**
 * What CloudWatch wrote, for people: numbers rounded to three significant digits, without the times of datapoints. Numbers of what is
 * measured in bytes have a unit that can be read.
 */
export function legible(text: string, unit?: 'bytes'): string {
  return text.replace(DATAPOINT_TIME, '').replace(LONG_NUMBER, (written) => rounded(Number(written), unit));
}

function rounded(value: number, unit?: 'bytes'): string {
  if (unit === 'bytes' && Math.abs(value) >= 1_024) {
    const power = Math.min(Math.floor(Math.log2(Math.abs(value)) / 10), UNITS.length - 1);
    return `${significant(value / 1_024 ** power)} ${UNITS[power]}`;
  }
  return significant(value);
}

/** Three digits, but never fewer than there are before the point. */
function significant(value: number): string {
  const whole = Math.abs(value) >= 100 ? Math.round(value) : Number(value.toPrecision(3));
  return whole.toLocaleString('en', { maximumFractionDigits: 10 });
}
