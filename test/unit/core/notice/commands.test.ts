import { someOrigin } from '@self-healing/simulation/doubles/fake-ports.ts';
import { expect, it } from 'vitest';
import { look } from '../../../../lambdas/core/notice/commands.ts';

it.each([
  ['web-1_a.b', 'web-1_a.b'],
  ['a b', "'a b'"],
  ["web's", "'web'\\''s'"],
  ['$(reboot)', "'$(reboot)'"],
  ['web;reboot', "'web;reboot'"],
])('the name of a group is one word for a shell: %s', (name, word) => {
  expect(look(someOrigin, { kind: 'auto-scaling-group', name })).toEqual([
    {
      text: 'See what the group tried last, and why it failed:',
      command: `aws autoscaling describe-scaling-activities --max-items 10 --auto-scaling-group-name ${word} --region eu-central-1`,
    },
  ]);
});
