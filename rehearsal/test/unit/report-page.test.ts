import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { XMLValidator } from 'fast-xml-parser';
import { describe, expect, it } from 'vitest';
import { reportPage } from '../../report/report-page.ts';
import { writeResults } from '../../report/write-results.ts';
import { aRehearsal, aScenario, at, timeline } from '../rehearsal-result.ts';

const HOSTILE = `"><script>alert(1)</script><img src=x onerror='alert(2)'>&lt;`;

describe('the report page', () => {
  it('shows every part of every scenario, linked from the summary', () => {
    const page = reportPage(aRehearsal([aScenario(), aScenario({ name: 'paused', title: 'The pause switch is on', acts: [] })]));

    expect(page).toContain('<a href="#scenario-paused">The pause switch is on</a>');
    expect(page).toContain('id="scenario-paused"');
    for (const part of [
      'restart-service',
      'not recovered: memory still at 94.1 %',
      'Nothing was changed.',
      'Seen: mem_used_percent above 90 %',
      'IAM is not enforced',
    ]) {
      expect(page).toContain(part);
    }
  });

  it('shows what failed first, then what was not executed, and leads back to the summary from each', () => {
    const passed = aScenario({ name: 'passed' });
    const open = aScenario({ name: 'open', outcome: 'not-executed', passed: false });
    const failed = aScenario({ name: 'failed', passed: false });
    const page = reportPage(aRehearsal([passed, open, failed]));
    const order = [...page.matchAll(/<article id="scenario-(\w+)"/g)].map(([, name]) => name);
    expect(order).toEqual(['failed', 'open', 'passed']);
    expect(page.match(/<a href="#top">/g)).toHaveLength(3);
    expect(page).toContain('id="top"');
  });

  it('has the end of a text that is cut in the drawing', () => {
    const long = `the beginning ${'and more '.repeat(20)}the end`;
    const page = reportPage(aRehearsal([aScenario({ timeline: timeline([[0, 'fault', long]]) })]));
    expect(page).toMatch(/…<title>the beginning [^<]*the end<\/title><\/text>/);
  });

  it('escapes whatever comes from outside, in text, attributes and drawing', () => {
    const scenario = aScenario({
      name: HOSTILE,
      title: HOSTILE,
      policy: HOSTILE,
      target: HOSTILE,
      reason: HOSTILE,
      why: HOSTILE,
      passed: false,
      expected: { outcome: HOSTILE, reason: HOSTILE },
      rungs: [{ rung: 1, remedy: HOSTILE, at: at(1), result: HOSTILE }],
      timeline: timeline([[0, 'fault', HOSTILE]]),
      messages: [{ at: at(1), subject: HOSTILE, body: `${HOSTILE}\u0000\u001b` }],
      acts: [{ at: at(1), call: HOSTILE }],
      real: [HOSTILE],
      simulated: [HOSTILE],
    });
    const page = reportPage(
      aRehearsal([scenario], { versions: { [HOSTILE]: HOSTILE }, simulated: [HOSTILE], nodes: { how: HOSTILE, why: HOSTILE } }),
    );

    expect(page).not.toMatch(/<script|<img|onerror='/);
    expect(page).not.toMatch(/[^\P{Cc}\n\t]/u);
  });

  it('is well formed and asks for nothing from outside', () => {
    const page = reportPage(
      aRehearsal([
        aScenario({ title: 'Tom & <Jerry>' }),
        aScenario({ name: 'disk-full', outcome: 'not-executed', passed: false, timeline: [] }),
      ]),
    );
    const body = page.slice(page.indexOf('<body>'), page.indexOf('</html>')).replaceAll('&nbsp;', ' ');

    expect(XMLValidator.validate(body)).toBe(true);
    expect(page).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
    expect(page).not.toMatch(/https?:\/\/|url\(|@import|\ssrc=/);
  });
});

describe('writing the results', () => {
  it('leaves exactly the two files, and the JSON gives the result back', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'rehearsal-report-'));
    try {
      const result = aRehearsal([aScenario()]);

      const written = await writeResults(result, join(folder, 'out'));
      await writeResults(result, join(folder, 'out'));

      expect((await readdir(join(folder, 'out'))).sort()).toEqual(['report.html', 'result.json']);
      expect(JSON.parse(await readFile(written.json, 'utf8'))).toEqual(result);
      expect(await readFile(written.page, 'utf8')).toBe(reportPage(result));
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
