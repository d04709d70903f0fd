import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ownConnection } from '../../gateway/forward.ts';
import { invokeFunction } from '../../gateway/invoke-function.ts';
import { callIn, USUAL_PLACE } from '../../gateway/place.ts';
import { type LocalAws, startLocalAws } from '../../local-aws.ts';

/** Says how often it was called, so that a line of another call would be seen; a call without a number of lines writes none. */
const code = `
let calls = 0;
exports.handler = async () => {
  calls += 1;
  const lines = calls % 2 === 1 ? 200 : 0;
  for (let line = 1; line <= lines; line += 1) console.log('call ' + calls + ' line ' + line);
};`;

let aws: LocalAws;
beforeAll(async () => {
  aws = await startLocalAws();
  const resource = {
    Type: 'AWS::Lambda::Function',
    Properties: {
      FunctionName: 'talkative',
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Role: 'arn:aws:iam::000000000000:role/none',
      Code: { ZipFile: code },
    },
  };
  const body = new URLSearchParams({
    Action: 'CreateStack',
    Version: '2010-05-15',
    StackName: 'Talkative',
    TemplateBody: JSON.stringify({ Resources: { Talkative: resource } }),
  });
  await fetch(aws.endpoint, { method: 'POST', headers: { ...ownConnection, ...callIn(USUAL_PLACE, 'cloudformation') }, body });
  await vi.waitFor(called, { timeout: 60_000 });
});
afterAll(() => aws.stop());

const called = () => invokeFunction(`http://127.0.0.1:${aws.upstreamPort}`, 'talkative');

/** Of which call each line of the log is, and the last of them. */
const written = (log: string) =>
  [...log.matchAll(/^call (\d+) line (\d+)$/gm)].map(([, call, line]) => ({ call: Number(call), line: Number(line) }));

describe('the log of a function', () => {
  it('has all that the call wrote, and nothing of another, whether the call before wrote much or nothing', async () => {
    for (let turn = 0; turn < 10; turn += 1) {
      expect(written((await called()).log)).toEqual([]);
      const lines = written((await called()).log);
      expect(lines.at(-1)?.line).toBe(200);
      expect(new Set(lines.map(({ call }) => call)).size).toBe(1);
    }
  });
});
