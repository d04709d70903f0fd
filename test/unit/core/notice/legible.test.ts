import { describe, expect, it } from 'vitest';
import { legible } from '../../../../lambdas/core/notice/legible.ts';

describe('what CloudWatch wrote', () => {
  it.each<[string, string, 'bytes'?]>([
    [
      'Threshold Crossed: 1 out of the last 1 datapoints [93.45678901 (02/11/26 10:18:00)] was greater than the threshold (90.0) (minimum 1 datapoint for OK -> ALARM transition).',
      'Threshold Crossed: 1 out of the last 1 datapoints [93.5] was greater than the threshold (90) (minimum 1 datapoint for OK -> ALARM transition).',
    ],
    ['[1.0318872576E8 (02/11/26 10:18:00)] was less than (2.68435456E8)', '[103,188,726] was less than (268,435,456)'],
    ['[1.0318872576E8 (02/11/26 10:18:00)] was less than (2.68435456E8)', '[98.4 MiB] was less than (256 MiB)', 'bytes'],
  ])('is told without times of datapoints and in numbers that can be read: %s', (written, told, unit) => {
    expect(legible(written, unit)).toBe(told);
  });

  it.each([
    ['0.00012345', '0.000123'],
    ['-5.4321', '-5.43'],
    ['12.345,', '12.3,'],
    ['99.999', '100'],
    ['100.4999', '100'],
    ['1234.5678', '1,235'],
    ['1234567', '1,234,567'],
    ['2.5E3', '2,500'],
    ['1E-5', '0.00001'],
    ['-3.0', '-3'],
  ])('is rounded to three digits, and no digit before the point is lost: %s', (written, told) => {
    expect(legible(`it was ${written} then`)).toBe(`it was ${told} then`);
  });

  it.each([
    '1.5',
    '12.34',
    '123456',
    '10:18:00.123',
    '1.2.3456',
    'i-0123456789',
    '2026-11-02T10:20:00.000Z',
    '10.0.0.1',
    'v1.000',
    '3.1415s',
  ])('stays as it is where it is short or no number: %s', (written) => {
    expect(legible(`it was ${written} then`)).toBe(`it was ${written} then`);
  });

  it.each([
    ['1023.0', '1,023'],
    ['1024.0', '1 KiB'],
    ['1536.0', '1.5 KiB'],
    ['1048576.0', '1 MiB'],
    ['-2048.0', '-2 KiB'],
    ['1073741824', '1 GiB'],
    ['1.1E12', '1 TiB'],
    ['1.0E16', '9,095 TiB'],
  ])('has the unit of bytes by which it can be read: %s', (written, told) => {
    expect(legible(written, 'bytes')).toBe(told);
  });
});
