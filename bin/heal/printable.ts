import { ownStyles } from './screen.ts';

/** What a terminal acts on or does not show, other than line breaks, tabs and the styles of a screen. */
const UNPRINTABLE = new RegExp(`(${ownStyles.source}|[\\n\\t])|[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]`, 'gu');

/** An answer as it may be printed. Whatever wrote a part of it, a terminal takes no orders from it, and shows what it says in its order. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, (_, own: string | undefined) => own ?? '');
}

/** What somebody else wrote, on one line, so that it cannot pass for a line of the answer. Blanks stay: some of it stands in columns. */
export function quoted(text: string): string {
  return text.replace(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ').trimEnd();
}

/** Data as JSON in which everything that a terminal acts on is escaped. Outside of texts JSON has none of it but line breaks. */
export function printableJson(data: unknown, indent?: number): string {
  return JSON.stringify(data, null, indent).replace(/[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}]/gu, (sign) =>
    Array.from({ length: sign.length }, (_, at) => `\\u${sign.charCodeAt(at).toString(16).padStart(4, '0')}`).join(''),
  );
}

/** A failure in two lines. What is wrong may be told in more, which are set apart. */
export function failureText(what: string, next: string): string {
  return printable(`${what.replaceAll('\n', '\n  ')}\n→ ${next}`);
}
