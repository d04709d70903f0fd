import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Duration } from '../../lambdas/core/duration.ts';
import { giveBackReasons } from '../../lambdas/core/give-back.ts';
import { isTold, mayPass, reasonNames, reasons } from '../../lambdas/core/reasons.ts';
import { registry } from '../../lambdas/remediators/registry.ts';
import type { RemedyRung } from '../../lib/remedy.ts';
import { databaseSymptoms, fleetSymptoms } from '../../lib/symptoms/registry.ts';
import type { SymptomProps } from '../../lib/symptoms/symptom.ts';
import { manual, pages } from '../support/manual.ts';

const root = `${import.meta.dirname}/../..`;
const { scripts, dependencies, devDependencies } = JSON.parse(read('package.json')) as Record<
  'scripts' | 'dependencies' | 'devDependencies',
  Record<string, string>
>;

function read(path: string): string {
  return readFileSync(`${root}/${path}`, 'utf8');
}

function section(title: string): string {
  const [, body] = manual.split(`\n## ${title}\n`);
  if (body === undefined) throw new Error(`no page has a section "${title}"`);
  return body.split('\n## ')[0] ?? '';
}

/** The cells of a section's only table, row by row, without its head. */
function rows(title: string): string[][] {
  const [, , ...body] = section(title)
    .split('\n')
    .filter((line) => line.startsWith('|'));
  return body.map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

/** The one row whose first cell has the word. */
function rowOf(title: string, word: string): string[] {
  const found = rows(title).filter(([first = '']) => first.split(' ').includes(word));
  expect(found, `rows of ${word} under "${title}"`).toHaveLength(1);
  return found[0] ?? [];
}

/** Expects a row's last cell to name tests or scenarios that are there, each of which speaks of what the row is about by one of its names. */
function expectProof(row: readonly string[], names: readonly string[]): void {
  const places = [...(row.at(-1) ?? '').matchAll(/`([^`]+)`/g)].map(([, place = '']) => place);
  expect(places, `what proves ${names[0]}`).not.toEqual([]);
  for (const place of places) {
    const path = place.startsWith('scenarios/') ? `rehearsal/${place}.ts` : `test/${place}.test.ts`;
    expect(existsSync(`${root}/${path}`), path).toBe(true);
    expect(read(path), `${path} of ${names[0]}`).toMatch(new RegExp(`\\b(?:${names.join('|')})\\b`));
  }
}

function anchorsOf(text: string): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, title]) =>
    (title ?? '')
      .toLowerCase()
      .replaceAll(/[^a-z0-9 -]/g, '')
      .replaceAll(' ', '-'),
  );
}

function short(duration: Duration): string {
  const units = { seconds: 's', minutes: 'min', hours: 'h', days: 'd' };
  return Object.entries(duration)
    .map(([unit, amount]) => `${amount} ${units[unit as keyof typeof units]}`)
    .join(' ');
}

describe('the manual says the truth about', () => {
  it.each(reasonNames)('the reason %s', (name) => {
    const { outcome, tell, means, doNow } = reasons[name];
    const told = tell ? 'yes' : isTold({ outcome, reason: name, why: '' }) ? 'by its witness' : 'no';
    const [, saidOutcome, saidTold, line, saidMeans, saidDoNow] = rowOf('Why did nothing happen?', `\`${name}\``);
    expect([saidOutcome, saidTold, saidMeans, saidDoNow]).toEqual([outcome, told, means, doNow]);
    expect(line).toMatch(/rejected|outcome|either/);
  });

  it('the reasons after which the sweep tries again', () => {
    const [, paragraph = ''] = section('Safety').split('**The sweep**');
    const [names = ''] = paragraph.split(/\bis tried again\b/);
    const said = [...names.matchAll(/`([a-z-]+)`/g)].map(([, name]) => name);
    expect(said.toSorted()).toEqual(reasonNames.filter(mayPass).toSorted());
  });

  it('no reason that there is not', () => {
    expect(rows('Why did nothing happen?').map(([name]) => name)).toEqual(reasonNames.map((name) => `\`${name}\``));
  });

  it.each(Object.entries(giveBackReasons))('the end %s of giving back', (name, { means, tell }) => {
    expect(section('Safety').split('\n')).toContain(`- \`${name}\`: ${means}${tell ? ' People are told.' : ''}`);
  });

  it.each(Object.entries(registry))('the remedy %s: its times and permissions', (sentence, { name, settle, verifyWithin, permissions }) => {
    const row = rowOf('Remedies', `\`${name}\``);
    expect(row[0]).toContain(`Remedy.${sentence}(`);
    expect(row).toHaveLength(rows('Remedies')[0]?.length ?? 0);
    expect(row.filter((cell) => cell === '')).toEqual([]);
    expect(row.at(-3)).toBe(`${short(settle)}, ${short(verifyWithin)}`);
    const actions = [...permissions.observe, ...permissions.execute].flatMap(({ actions }) => actions);
    const said = [...(row.at(-2) ?? '').matchAll(/`([a-z0-9]+:\w+)`/g)].map(([, action]) => action);
    expect(said.toSorted()).toEqual([...new Set(actions)].toSorted());
  });

  it.each(Object.entries(registry))('the remedy %s: which tests prove it', (sentence, { name, permissions }) => {
    // What only this remedy does in AWS names it as well; commands are sent by many.
    const acts = permissions.execute.flatMap(({ actions }) => actions.map((action) => action.split(':')[1] ?? ''));
    expectProof(rowOf('Remedies', `\`${name}\``), [name, sentence, ...acts.filter((act) => !/^(SendCommand|List|Describe)/.test(act))]);
  });

  /** What the table says of a symptom, with the types of its own subject and props left aside. */
  interface Said {
    readonly name: string;
    readonly sustainedFor?: { toMinutes(): number };
    seen(props: SymptomProps): string;
    ladder(subject: object, props: SymptomProps): readonly RemedyRung[];
  }
  const symptoms = Object.entries({ fleet: fleetSymptoms, database: databaseSymptoms }).flatMap(([of, symptomsOf]) =>
    Object.entries(symptomsOf as unknown as Record<string, Said>).map(([property, symptom]) => ({ of, property, symptom })),
  );

  const rowOfSymptom = (of: string, property: string) =>
    rows('Symptoms').find((row) => row[0] === of && row[1] === `\`${property}\``) ?? [];

  it.each(symptoms)('the symptom $property of a $of: its threshold, time and ladder', ({ of, property, symptom }) => {
    const row = rowOfSymptom(of, property);
    const [, , name, threshold, unit, lasts, ladder] = row;
    expect(row).toHaveLength(10);
    expect(row.filter((cell) => cell === '')).toEqual([]);
    expect(name).toBe(`\`${symptom.name}\``);
    expect(lasts).toBe(symptom.sustainedFor ? `${symptom.sustainedFor.toMinutes()} min` : '–');
    const [defaultThreshold] = /[\d.]+ (?:%|s\b)/.exec(symptom.seen({})) ?? [];
    if (defaultThreshold !== undefined) {
      expect(threshold).toContain(defaultThreshold);
      expect(unit).toContain(defaultThreshold.endsWith('%') ? 'percent' : 'seconds');
    }
    expect(ladder).toBe(
      symptom
        .ladder({}, { service: 'nginx' } as SymptomProps)
        .map(({ remediator }) => remediator.name)
        .join(', '),
    );
  });

  it.each(symptoms)('the symptom $property of a $of: which tests prove it', ({ of, property, symptom }) => {
    expectProof(rowOfSymptom(of, property), [property, symptom.name]);
  });

  it('the symptoms and remedies that there are, and no others', () => {
    expect(rows('Symptoms')).toHaveLength(symptoms.length);
    expect(rows('Remedies')).toHaveLength(Object.keys(registry).length);
  });

  it('every guardrail, with its default', () => {
    const [, changeConditions = ''] = read('lib/change-conditions.ts').split('interface ChangeConditionProps');
    const source = `${read('lib/guardrails.ts')}${changeConditions}`;
    const props = [...source.matchAll(/@default - (\d+|\w+)[^*]*\*\/\s+readonly (\w+)\?:/g)];
    expect(props.length).toBe([...source.matchAll(/^ {2}readonly \w+\?:/gm)].length);
    for (const [, value, name] of props) expect(section('Safety'), name).toMatch(new RegExp(`\`${name}\`[:,] \`?${value}\\b`));
  });

  it('every outage that is replayed, with the reasons that its test expects', () => {
    const outages = section('Safety')
      .split('\n')
      .filter((line) => line.endsWith('.test.ts` |'));
    const tests = outages.map((line) => line.match(/`([\w-]+\.test\.ts)` \|$/)?.[1] ?? '');
    expect(tests.toSorted()).toEqual(readdirSync(`${root}/test/unit/outages`).toSorted());
    for (const [index, line] of outages.entries()) {
      const [, named = ''] = line.match(/\| ([^|]*) \| [^|]*\|$/) ?? [];
      const expected = [...named.matchAll(/`([^`]+)`/g)].map(([, reason]) => reason ?? '');
      expect(expected, line).not.toEqual([]);
      for (const reason of expected) expect(read(`test/unit/outages/${tests[index]}`), reason).toContain(`'${reason}'`);
      expect(expected.filter((reason) => !(reason in reasons))).toEqual([]);
    }
  });

  it('the packages, each with its reason', () => {
    const packages = Object.keys({ ...dependencies, ...devDependencies }).map((name) => `\`${name}\``);
    expect(
      rows('Dependencies')
        .map(([name]) => name)
        .toSorted(),
    ).toEqual(packages.toSorted());
    for (const [name, why] of rows('Dependencies')) expect(why, name).not.toBe('');
  });

  it('the npm scripts', () => {
    const named = [...manual.matchAll(/npm (?:run (\w+)|(start|test)\b)/g)].map(([, run, direct]) => run ?? direct ?? '');
    expect(named.length).toBeGreaterThan(5);
    for (const name of named) expect(scripts, `npm run ${name}`).toHaveProperty(name);
  });

  it('the places in the repository', () => {
    const folders = '(?:bin|lib|lambdas|packages|rehearsal|test|docs|\\.ci)';
    const paths = [...manual.matchAll(new RegExp(`(?:\`|file://)(${folders}/[^\`\\s<]*|cdk\\.json|package\\.json)(?:\`|\\s|$)`, 'gm'))].map(
      ([, path]) => path ?? '',
    );
    expect(paths.length).toBeGreaterThan(15);
    // What a rehearsal writes is there only after one.
    for (const path of paths.filter((path) => !path.startsWith('rehearsal/out'))) expect(existsSync(`${root}/${path}`), path).toBe(true);
  });

  it.each([...pages])('the pages and sections that %s links to', (path, text) => {
    for (const [, link = ''] of text.matchAll(/\]\(([^)]+)\)/g)) {
      if (/^https?:/.test(link)) continue;
      const [file = '', anchor] = link.split('#');
      const linked = file === '' ? path : join(dirname(path), file);
      expect(existsSync(`${root}/${linked}`), `${link} in ${path}`).toBe(true);
      if (anchor !== undefined) expect(anchorsOf(pages.get(linked) ?? ''), `${link} in ${path}`).toContain(anchor);
    }
  });

  it('the code of its examples, which are compiled as parts of the stacks in docs/examples', () => {
    const unindented = (text: string) =>
      text
        .split('\n')
        .map((line) => line.trim())
        .join('\n');
    const stacks = ['first-stack', 'tuned-stack', 'shop-stage'].map((file) => unindented(read(`docs/examples/${file}.ts`))).join('\n');
    const examples = [...manual.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => unindented(code ?? '').trim());
    expect(examples.length).toBeGreaterThan(4);
    for (const example of examples) expect(stacks).toContain(example);
  });
});
