import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { pictureOf } from '../../docs/generate/picture.ts';
import type { Duration } from '../../lambdas/core/duration.ts';
import { giveBackReasons } from '../../lambdas/core/give-back/give-back.ts';
import { endNotice } from '../../lambdas/core/notice/end.ts';
import { mailOf } from '../../lambdas/core/notice/mail.ts';
import { reasonWords } from '../../lambdas/core/reason-words.ts';
import { isTold, mayPass, reasonNames, reasons } from '../../lambdas/core/reasons.ts';
import { registry } from '../../lambdas/remediators/registry.ts';
import type { RemedyRung } from '../../lib/remedy.ts';
import { databaseSymptoms, fleetSymptoms } from '../../lib/symptoms/registry.ts';
import type { SymptomProps } from '../../lib/symptoms/symptom.ts';
import type { ScenarioResult } from '../../rehearsal/report/scenario-result.ts';
import { manual, pages } from '../support/manual.ts';
import { recordedIncident } from '../support/recorded-incident.ts';

const root = `${import.meta.dirname}/../..`;
const { scripts, dependencies, devDependencies } = JSON.parse(read('package.json')) as Record<
  'scripts' | 'dependencies' | 'devDependencies',
  Record<string, string>
>;

function read(path: string): string {
  return readFileSync(`${root}/${path}`, 'utf8');
}

/** The cells of a page's only table, row by row, without its head. */
function rows(path: string): string[][] {
  const [, , ...body] = (pages.get(path) ?? '').split('\n').filter((line) => line.startsWith('|'));
  return body.map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

/** The headings of a page of the reference, in their order. */
function headings(page: string, level = '##'): string[] {
  return [...reference(page).matchAll(new RegExp(`^${level} (.+)$`, 'gm'))].map(([, title = '']) => title);
}

function reference(page: string): string {
  return pages.get(`docs/reference/${page}.md`) ?? '';
}

/** What a page of the reference says under a heading: its items, each in one line, by the words in bold at their beginning. */
function entry(page: string, heading: string): { readonly text: string; item(words: string): string } {
  const [, body = ''] = `${reference(page)}\n## `.split(new RegExp(`^#+ ${heading}$`, 'm'));
  const text = (body.split(/^#+ /m)[0] ?? '').replaceAll(/\n {2,}/g, ' ').trim();
  expect(text, `${heading} in the reference of ${page}`).not.toBe('');
  return { text, item: (words) => text.match(new RegExp(`^- \\*\\*${words}:?\\*\\*(.*)$`, 'm'))?.[1]?.trim() ?? '' };
}

/** Expects tests or scenarios to be named that are there, each of which speaks of what is proved by one of its names. */
function expectProof(proof: string, names: readonly string[]): void {
  const places = [...proof.matchAll(/`([^`]+)`/g)].map(([, place = '']) => place);
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
    const { outcome, tell } = reasons[name];
    const { means, doNow } = reasonWords[name];
    const told = tell ? 'yes' : isTold({ outcome, reason: name, why: '' }) ? 'by its witness' : 'no';
    const { text, item } = entry('reasons', name);
    expect(text).toContain(`- Outcome \`${outcome}\`; told: ${told}; line: `);
    expect([item('What it means'), item('What to do')]).toEqual([means, doNow]);
    expect(text).toMatch(/line: (`rejected`|`outcome`|either);/);
  });

  it('the reasons after which the sweep tries again', () => {
    const said = reasonNames.filter((name) => /; tried again: yes/.test(entry('reasons', name).text));
    expect(said).toEqual(reasonNames.filter(mayPass));
  });

  it('no reason that there is not', () => {
    expect(headings('reasons')).toEqual([...reasonNames, 'Giving back']);
  });

  it.each(Object.entries(giveBackReasons))('the end %s of giving back', (name, { means, tell }) => {
    expect(entry('reasons', 'Giving back').text.split('\n')).toContain(`- \`${name}\`: ${means}${tell ? ' A notice tells of it.' : ''}`);
  });

  it.each(Object.entries(registry))('the remedy %s: its times and permissions', (sentence, { name, settle, verifyWithin, permissions }) => {
    const { text, item } = entry('remedies', name);
    expect(text).toContain(`Remedy.${sentence}(`);
    for (const question of ['Cures what', 'Does what in AWS', 'Can harm what', 'Refuses when', 'Safe twice', 'Permissions', 'Proved by'])
      expect(item(question), question).not.toBe('');
    expect(text).toContain(`**Looks after** ${short(settle)}, **within** ${short(verifyWithin)}.`);
    const actions = [...permissions.observe, ...permissions.execute].flatMap(({ actions }) => actions);
    const said = [...item('Permissions').matchAll(/`([a-z0-9]+:\w+)`/g)].map(([, action]) => action);
    expect([...new Set(said)].toSorted()).toEqual([...new Set(actions)].toSorted());
  });

  it.each(Object.entries(registry))('the remedy %s: which tests prove it', (sentence, { name, permissions }) => {
    // What only this remedy does in AWS names it as well; commands are sent by many.
    const acts = permissions.execute.flatMap(({ actions }) => actions.map((action) => action.split(':')[1] ?? ''));
    expectProof(entry('remedies', name).item('Proved by'), [
      name,
      sentence,
      ...acts.filter((act) => !/^(SendCommand|List|Describe)/.test(act)),
    ]);
  });

  /** What the reference says of a symptom, with the types of its own subject and props left aside. */
  interface Said {
    readonly name: string;
    readonly sustainedFor?: { toMinutes(): number };
    seen(props: SymptomProps): string;
    ladder(subject: object, props: SymptomProps): readonly RemedyRung[];
  }
  const symptoms = Object.entries({ fleet: fleetSymptoms, database: databaseSymptoms }).flatMap(([of, symptomsOf]) =>
    Object.entries(symptomsOf as unknown as Record<string, Said>).map(([property, symptom]) => ({ of, property, symptom })),
  );

  it.each(symptoms)('the symptom $property of a $of: its threshold, time and ladder', ({ of, property, symptom }) => {
    const { text, item } = entry('symptoms', `${property} of a ${of}`);
    for (const question of ['Reads', 'Threshold', 'Needs', 'Permissions', 'Proved by', 'Lasts', 'Default ladder'])
      expect(item(question), question).not.toBe('');
    expect(text).toContain(`is the symptom \`${symptom.name}\`.`);
    expect(item('Lasts')).toBe(symptom.sustainedFor ? `${symptom.sustainedFor.toMinutes()} min.` : '–, events tell of it.');
    const [defaultThreshold] = /[\d.]+ (?:%|s\b)/.exec(symptom.seen({})) ?? [];
    if (defaultThreshold !== undefined) {
      expect(item('Threshold')).toContain(defaultThreshold);
      expect(item('Threshold')).toContain(defaultThreshold.endsWith('%') ? 'percent' : 'seconds');
    }
    expect([...item('Default ladder').matchAll(/\[([a-z-]+)\]/g)].map(([, remedy]) => remedy)).toEqual(
      symptom.ladder({}, { service: 'nginx' } as SymptomProps).map(({ remediator }) => remediator.name),
    );
  });

  it.each(symptoms)('the symptom $property of a $of: which tests prove it', ({ of, property, symptom }) => {
    expectProof(entry('symptoms', `${property} of a ${of}`).item('Proved by'), [property, symptom.name]);
  });

  it('the symptoms and remedies that there are, and no others', () => {
    expect(headings('symptoms', '###')).toHaveLength(symptoms.length);
    expect(headings('remedies')).toHaveLength(Object.keys(registry).length);
  });

  it('every guardrail, with its default', () => {
    const [, changeConditions = ''] = read('lib/change-conditions.ts').split('interface ChangeConditionProps');
    const source = `${read('lib/guardrails.ts')}${changeConditions}`;
    const props = [...source.matchAll(/@default - (\d+|\w+)[^*]*\*\/\s+readonly (\w+)\?:/g)];
    expect(props.length).toBe([...source.matchAll(/^ {2}readonly \w+\?:/gm)].length);
    for (const [, value, name] of props) expect(reference('guardrails'), name).toMatch(new RegExp(`^- \`${name}\`: ${value}\\b`, 'm'));
  });

  it('every outage that is replayed, with the reasons that its test expects', () => {
    const outages = (pages.get('docs/safety.md') ?? '').split('\n').filter((line) => /\| `[\w-]+\.test\.ts` \|$/.test(line));
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
    const ofLocalAws = JSON.parse(read('packages/local-aws/package.json')) as { dependencies: object; optionalDependencies: object };
    const packages = Object.keys({
      ...dependencies,
      ...devDependencies,
      ...ofLocalAws.dependencies,
      ...ofLocalAws.optionalDependencies,
    }).map((name) => `\`${name}\``);
    expect(
      rows('docs/decisions/dependencies.md')
        .map(([name]) => name)
        .toSorted(),
    ).toEqual(packages.toSorted());
    for (const [name, why] of rows('docs/decisions/dependencies.md')) expect(why, name).not.toBe('');
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

  it('what the package has: none of its pages links to a file that it leaves out', () => {
    const { files } = JSON.parse(read('package.json')) as { readonly files: readonly string[] };
    const packed = new Set(['README.md', 'LICENSE', ...globSync([...files], { cwd: root })]);
    const lost = [...pages].flatMap(([path, text]) => {
      if (!packed.has(path)) return [];
      const links = [...text.matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)].map(([, link = '']) => link);
      return links.filter((link) => !/^https?:/.test(link) && !packed.has(join(dirname(path), link))).map((link) => `${link} in ${path}`);
    });
    expect(lost).toEqual([]);
  });

  it('the code of its examples, which are compiled as parts of the stacks in docs/examples', () => {
    const unindented = (text: string) =>
      text
        .split('\n')
        .map((line) => line.trim())
        .join('\n');
    const stacks = ['first-stack', 'tuned-stack', 'shop-stage', 'notices-stack', 'many-accounts-stages']
      .map((file) => unindented(read(`docs/examples/${file}.ts`)))
      .join('\n');
    const examples = [...manual.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => unindented(code ?? '').trim());
    expect(examples.length).toBeGreaterThan(4);
    for (const example of examples) expect(stacks).toContain(example);
  });

  it('the mail and the picture of the incident that was recorded', () => {
    const recorded = JSON.parse(read('docs/images/report.json')) as ScenarioResult;
    const [{ subject, body } = { subject: '', body: '' }] = recorded.messages;
    const [, shown = ''] = /```text\n(Subject: [\s\S]*?)```/.exec(pages.get('README.md') ?? '') ?? [];
    const words = (text: string) => text.split(/\s+/).filter(Boolean).join(' ');
    const withoutLinks = body.split('\n\n').filter((paragraph) => !paragraph.startsWith('LOOK AT'));
    expect(words(shown)).toBe(words(`Subject: ${subject} ${withoutLinks.join(' ')}`));
    expect(read('docs/images/report.svg') === pictureOf(recorded), 'the picture is stale: run "npm run pictures"').toBe(true);
  });

  it('the mail as today’s code writes it', () => {
    const recorded = JSON.parse(read('docs/images/report.json')) as ScenarioResult;
    const [message] = recorded.messages;
    const { origin, now, ...ended } = recordedIncident(recorded);
    expect(mailOf(endNotice(origin, ended, now))).toEqual({ subject: message?.subject, body: message?.body });
  });
});

describe('the manual is readable', () => {
  it.each([...pages])('%s has no line, and no row of a table, over 160 characters', (_, text) => {
    expect(text.split('\n').filter((line) => line.length > 160)).toEqual([]);
  });

  it('the README has at most 200 lines, and says above all else what was never verified', () => {
    const readme = pages.get('README.md') ?? '';
    expect(readme.split('\n').length).toBeLessThanOrEqual(200);
    expect(readme.indexOf('Never verified in an AWS account')).toBeLessThan(readme.indexOf('\n## '));
  });

  it('the glossary has at most 25 words, in their order', () => {
    const words = [...(pages.get('docs/glossary.md') ?? '').matchAll(/^- \*\*(.+?)\*\*: /gm)].map(([, word = '']) => word);
    expect(words.length).toBeGreaterThan(10);
    expect(words.length).toBeLessThanOrEqual(25);
    expect(words).toEqual(words.toSorted());
  });

  it('every page can be reached from the README', () => {
    const reached = new Set(['README.md']);
    for (const path of reached)
      for (const [, link = ''] of (pages.get(path) ?? '').matchAll(/\]\(([^)#]+)[^)]*\)/g))
        if (!/^https?:/.test(link) && link.endsWith('.md')) reached.add(join(dirname(path), link));
    expect([...pages.keys()].filter((path) => !reached.has(path))).toEqual([]);
  });
});
