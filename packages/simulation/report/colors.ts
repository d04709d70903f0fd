import { styleText } from 'node:util';

const formats = ['blue', 'bold', 'cyan', 'dim', 'green', 'red', 'yellow'] as const;

/** Paints a text for a terminal. */
export type Colors = Readonly<Record<(typeof formats)[number], (text: string) => string>>;

/** The colours, or texts as they are where the reader shows none. */
export function colorsIf(shown: boolean): Colors {
  const paint = (format: (typeof formats)[number]) => (text: string) => (shown ? styleText(format, text, { validateStream: false }) : text);
  return Object.fromEntries(formats.map((format) => [format, paint(format)])) as unknown as Colors;
}
