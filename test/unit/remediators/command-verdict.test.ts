import { expect, it } from 'vitest';
import { isRefused } from '../../../lambdas/core/untouched.ts';
import { progressOf } from '../../../lambdas/remediators/command-remediator.ts';

const failed = (output: string) => progressOf({ status: 'failed', detail: 'Failed', exitCode: 21, output, errors: '' });
const said = (why: string) => `the command ended as Failed with exit code 21: ${why}`;

it.each([
  'List<Token>',
  '</password>',
  '-----BEGIN PRIVATE KEY-----',
  `password='`,
  'Cookie: a',
  '"token": [',
  'FAILED: of another program',
])('a script has said why, whatever stands in a log line before: %s', (line) => {
  expect(failed(`last log lines:\n  ${line}\n${line}\nFAILED: port 8080 is held by process 4711\n`)).toMatchObject({
    why: said('port 8080 is held by process 4711'),
  });
});

it('what a script has said holds no secret', () => {
  expect(failed('FAILED: the hook said token=hunter2\n')).toMatchObject({ why: said('the hook said token=[redacted]') });
});

it.each([
  ['REFUSED: nginx.service is masked', true],
  ['before: nginx is up\r\nREFUSED: nginx is masked\r\n', true],
  ['REFUSED: of another program\nFAILED: it is down again', false],
  ['REFUSED: of another program\nbefore: nginx is up', false],
  ['  REFUSED: indented', false],
  ['', false],
])('a command has changed nothing where its last line says that it refused: %j', (output, isSo) => {
  expect(isRefused(output)).toBe(isSo);
  expect(failed(output)).toMatchObject({ kind: 'failed', ...(isSo && { untouched: 'refused' }) });
  expect('untouched' in failed(output)).toBe(isSo);
});
