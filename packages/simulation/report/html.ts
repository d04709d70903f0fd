/** Text that is already HTML. Only `html` makes it, so everything else that is put into a page gets escaped. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Insertable = string | number | Html | readonly Html[] | undefined | false;

/** Builds HTML from a template; every inserted text is escaped, for element content and for quoted attributes. */
export function html(strings: TemplateStringsArray, ...values: readonly Insertable[]): Html {
  return new Html(strings.reduce((text, part, index) => text + insert(values[index - 1]) + part));
}

/** Escapes the five characters that mean something in HTML, and removes control characters other than line break and tab. */
function escapeHtml(text: string): string {
  return text.replace(/[&<>"']|[^\P{Cc}\n\t]/gu, (sign) => ENTITIES[sign] ?? '');
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

function insert(value: Insertable): string {
  if (value === undefined || value === false) return '';
  if (value instanceof Html) return value.text;
  if (typeof value === 'string' || typeof value === 'number') return escapeHtml(String(value));
  return value.map((part) => part.text).join('');
}
