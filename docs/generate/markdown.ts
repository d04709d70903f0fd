/** Characters in a line of a page that a person reads. */
const WIDTH = 118;

/** A paragraph in lines that a person can read; what follows the first line is indented. */
export function wrapped(text: string, indent = ''): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.trim().split(/\s+/)) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (longer.length <= WIDTH - (lines.length > 0 ? indent.length : 0)) line = longer;
    else {
      lines.push(line);
      line = word;
    }
  }
  return [...lines, line].map((each, index) => (index === 0 ? each : `${indent}${each}`)).join('\n');
}

/** An item of a list. */
export function item(text: string): string {
  return wrapped(`- ${text}`, '  ');
}

/** A page that is made and not written. */
export function page(title: string, ...parts: readonly (string | undefined)[]): string {
  const note = '<!-- Made by `npm run reference`. Change the code that it is made from, not this page. -->';
  return `${[`# ${title}`, note, ...parts.filter((part) => part !== undefined && part !== '')].join('\n\n')}\n`;
}

/** A word of the code. */
export function code(text: string): string {
  return `\`${text}\``;
}

/** Rows under their heads. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n');
}
