import type { Section } from './section.ts';

/** How the lines of a storm's end are laid out, as they travel: a heading in capitals in so many columns, or blanks below it. */
const HEADING_COLUMNS = 11;

const titles: Readonly<Record<string, string>> = {
  SPREAD: 'How it spread',
  MEMBERS: 'Members that have it',
  SHARED: 'What they share',
  'ACTED ON': 'What was done to members',
  WAITING: 'What it waits for',
};

/** The lines of an end as sections. */
export function sectionsOf(details: readonly string[]): readonly Section[] {
  const sections: { title: string; lines: string[] }[] = [];
  for (const line of details) {
    const heading = line.slice(0, HEADING_COLUMNS).trim();
    const last = sections.at(-1);
    if (heading === '' && last) last.lines.push(line.trim());
    else sections.push({ title: titles[heading] ?? heading, lines: [line.slice(HEADING_COLUMNS).trim()] });
  }
  return sections;
}
