import { describe, expect, it } from 'vitest';
import { mailOf } from '../../../../lambdas/core/notice/mail.ts';
import type { Notice } from '../../../../lambdas/core/notice/notice.ts';
import { type OpsItem, opsItemChange, opsItemOf } from '../../../../lambdas/core/notice/ops-item.ts';
import { noticeOfEachStage } from '../../../support/notice-of-each-stage.ts';

const notice = noticeOfEachStage['handed-off'];
const alert = { key: 'key', state: 'open', summary: 'NEEDS YOU' } as const;
const itemOf = (given: Partial<Notice> = {}) => opsItemOf({ ...notice, ...given }, alert, { partition: 'aws-cn' });

describe('a notice as an OpsItem', () => {
  it('has the severity as Systems Manager counts, its target, and the words of the mail as far as there is room', () => {
    expect(itemOf()).toStrictEqual({
      ...{ key: 'key', pipeline: 'healing', at: notice.at, title: notice.title, severity: '1', priority: 1 },
      description: mailOf({ ...notice, links: [] }).body,
      resource: 'arn:aws-cn:ec2:eu-central-1:123456789012:instance/i-0aaaabbbbccccdddd',
    });
  });

  it.each([
    ['critical', '1', 1],
    ['warning', '3', 3],
    ['info', '4', 5],
  ] as const)('that is %s has the severity %s and the priority %i', (severity, ...expected) => {
    const item = itemOf({ severity });
    expect([item.severity, item.priority]).toEqual(expected);
  });

  it.each([
    [{ kind: 'database', id: 'orders' }, 'arn:aws-cn:rds:eu-central-1:123456789012:db:orders'],
    [{ kind: 'database-cluster', id: 'stock' }, 'arn:aws-cn:rds:eu-central-1:123456789012:cluster:stock'],
  ] as const)('names the ARN of %j', (target, resource) => {
    expect(itemOf({ target })).toHaveProperty('resource', resource);
  });

  it.each([{ kind: 'auto-scaling-group', id: 'web' }, { kind: 'fleet', id: 'Web' }, undefined] as const)(
    'names no ARN of %j, whose id makes none',
    (target) => {
      expect(itemOf({ target })).not.toHaveProperty('resource');
    },
  );

  it('leaves out links, then what was found, then the end, and each only where it is too long by one character', () => {
    const found = { kept: ['a line'], diagnosis: [{ title: 'Processes', lines: ['java'] }] };
    const whole = { ...found, links: [{ what: 'Alarm', url: 'https://example.com' }] };
    const unlinked = { ...found, links: [] };
    const bare = { kept: [], diagnosis: [], links: [] };
    const stretched = (given: Partial<Notice>, by: number) => ({ ...notice, ...given, doNow: [{ text: '', command: 'x'.repeat(by) }] });
    const bodyOf = (given: Partial<Notice>, by: number) => mailOf(stretched(given, by)).body;
    const filling = (given: Partial<Notice>) => 2_049 - bodyOf(given, 1).length;
    const described = (by: number) => itemOf(stretched(whole, by)).description;
    for (const [given, next] of [
      [whole, unlinked],
      [unlinked, bare],
    ] as const) {
      expect(described(filling(given))).toBe(bodyOf(given, filling(given)));
      expect(described(filling(given) + 1)).toBe(bodyOf(next, filling(given) + 1));
    }
    expect(described(filling(bare))).toBe(bodyOf(bare, filling(bare)));
    expect(described(filling(bare) + 1)).toBe(`${bodyOf(bare, filling(bare) + 1).slice(0, 2_047)}…`);
  });
});

describe('what is done about a notice', () => {
  const item = itemOf();
  const open = alert;
  const closed = { ...alert, state: 'closed' } as const;
  const known = (id: string, isOpen: boolean, at = '2026-11-01T00:00:00.000Z') => ({ id, isOpen, at });

  it.each<[string, Parameters<typeof opsItemChange>[0], Parameters<typeof opsItemChange>[2], object]>([
    ['opens an item where none is open', open, [known('oi-1', false)], { kind: 'open', item }],
    ['renews the open one', open, [known('oi-1', false), known('oi-2', true)], { kind: 'renew', id: 'oi-2', item }],
    ['resolves the open one', closed, [known('oi-1', false), known('oi-2', true)], { kind: 'resolve', id: 'oi-2', item }],
    ['is nothing where none is open', closed, [known('oi-1', false)], { kind: 'none' }],
    ['is nothing for one that came before', open, [known('oi-1', true, item.at)], { kind: 'none' }],
    ['is nothing where one of several came later', open, [known('oi-1', false), known('oi-2', false, item.at)], { kind: 'none' }],
    ['is nothing for one that a later one overtook', open, [known('oi-1', false, '2027-01-01T00:00:00.000Z')], { kind: 'none' }],
  ])('%s', (_, told, before, change) => {
    expect(opsItemChange(told, item satisfies OpsItem, before)).toEqual(change);
  });
});
