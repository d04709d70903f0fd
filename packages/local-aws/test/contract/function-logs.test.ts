import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ownConnection } from '../../gateway/forward.ts';
import { invokeFunction } from '../../gateway/invoke-function.ts';
import { callIn, USUAL_PLACE } from '../../gateway/place.ts';
import { type LocalAws, startLocalAws } from '../../local-aws.ts';

/** Says how often it was called, so that a line of another call would be seen; every second call writes none. */
const code = `
let calls = 0;
exports.handler = async () => {
  calls += 1;
  const lines = calls % 2 === 1 ? 200 : 0;
  for (let line = 1; line <= lines; line += 1) console.log('call ' + calls + ' line ' + line);
};`;

/** As many write at once as keep the threads busy that read. */
const names = Array.from({ length: 8 }, (_, index) => `talkative-${index}`);

let aws: LocalAws;
beforeAll(async () => {
  aws = await startLocalAws();
  const named = (name: string) => ({
    Type: 'AWS::Lambda::Function',
    Properties: {
      FunctionName: name,
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Role: 'arn:aws:iam::000000000000:role/none',
      Code: { ZipFile: code },
    },
  });
  const body = new URLSearchParams({
    Action: 'CreateStack',
    Version: '2010-05-15',
    StackName: 'Talkative',
    TemplateBody: JSON.stringify({ Resources: Object.fromEntries(names.map((name, index) => [`Talkative${index}`, named(name)])) }),
  });
  await fetch(aws.endpoint, { method: 'POST', headers: { ...ownConnection, ...callIn(USUAL_PLACE, 'cloudformation') }, body });
  for (const name of names) await vi.waitFor(() => called(name), { timeout: 60_000 });
});
afterAll(() => aws.stop());

const called = (name: string) => invokeFunction(`http://127.0.0.1:${aws.upstreamPort}`, name);

/** Of which call each line of the log is, and the last of them. */
const written = (log: string) =>
  [...log.matchAll(/^call (\d+) line (\d+)$/gm)].map(([, call, line]) => ({ call: Number(call), line: Number(line) }));

describe('the log of a function', () => {
  it('has all that the call wrote, and nothing of another, whether the call before wrote much or nothing', async () => {
    await Promise.all(names.map(alternates));
  });
});

async function alternates(name: string) {
  let before: number | undefined;
  for (let turn = 0; turn < 20; turn += 1) {
    const lines = written((await called(name)).log);
    const last = lines.at(-1)?.line ?? 0;
    expect(last, `the last line of call ${turn + 1}`).toBe(before === undefined ? last : 200 - before);
    expect(new Set(lines.map(({ call }) => call)).size).toBe(last === 0 ? 0 : 1);
    before = last;
  }
}
