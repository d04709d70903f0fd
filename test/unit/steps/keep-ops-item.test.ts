import { beforeEach, describe, expect, it } from 'vitest';
import { composed, type Draft } from '../../../lambdas/core/notice/compose.ts';
import type { KnownOpsItem, OpsItem } from '../../../lambdas/core/notice/ops-item.ts';
import { originOf } from '../../../lambdas/core/notice/origin.ts';
import { keepOpsItem } from '../../../lambdas/steps/keep-ops-item.ts';

const NOW = Date.parse('2026-11-29T08:47:13.152Z');
const origin = originOf('healing', 'arn:aws:sns:eu-central-1:123456789012:healing-notifications');
const KEY = 'healing:123456789012:eu-central-1:Web-memory:instance:i-0abc';

const eventOf = (draft: Partial<Draft>, at = NOW) => ({
  source: 'self-healing-notice.healing',
  detail: composed(
    origin,
    {
      ...{ id: '1', thread: 'incident-1', headline: 'NEEDS YOU', stage: 'handed-off' },
      policy: { name: 'Web-memory', symptom: 'memory', mode: 'automatic' },
      target: { kind: 'instance', id: 'i-0abc' },
      ...draft,
    },
    at,
  ),
});

/** OpsCenter in memory, which may not find yet what was just opened. */
class SomeOpsItems {
  readonly items: (KnownOpsItem & { readonly item: OpsItem })[] = [];
  finds = true;
  readonly calls: string[] = [];

  async find(key: string): Promise<readonly KnownOpsItem[]> {
    return this.finds ? this.items.filter(({ item }) => item.key === key) : [];
  }

  async open(item: OpsItem): Promise<{ readonly existing?: string }> {
    this.calls.push('open');
    const same = this.items.find((each) => each.isOpen && each.item.key === item.key);
    if (same) return { existing: same.id };
    this.items.push({ id: `oi-${this.items.length + 1}`, isOpen: true, at: item.at, item });
    return {};
  }

  async renew(id: string, item: OpsItem): Promise<void> {
    this.calls.push('renew');
    this.#set(id, { at: item.at, item });
  }

  async resolve(id: string, { at }: OpsItem): Promise<void> {
    this.calls.push('resolve');
    this.#set(id, { at, isOpen: false });
  }

  #set(id: string, changed: object): void {
    const at = this.items.findIndex((each) => each.id === id);
    this.items.splice(at, 1, { ...this.items[at], ...changed } as never);
  }
}

let ops: SomeOpsItems;
beforeEach(() => {
  ops = new SomeOpsItems();
});
const keep = (event: unknown) => keepOpsItem(event, ops, origin);
const LATER = NOW + 60_000;

describe('an OpsItem', () => {
  it('is opened by a hand-off, in the words of the mail, worst first, with its target', async () => {
    await keep(eventOf({ doNow: [{ text: 'Look at it.' }] }));
    expect(ops.items).toMatchObject([
      {
        isOpen: true,
        item: {
          ...{ key: KEY, pipeline: 'healing', title: 'NEEDS YOU, 123456789012 eu-central-1', severity: '1', priority: 1 },
          description: expect.stringContaining('Look at it.'),
          resource: 'arn:aws:ec2:eu-central-1:123456789012:instance/i-0abc',
        },
      },
    ]);
  });

  it.each([
    ['database', 'orders', 'arn:aws:rds:eu-central-1:123456789012:db:orders'],
    ['database-cluster', 'stock', 'arn:aws:rds:eu-central-1:123456789012:cluster:stock'],
    ['auto-scaling-group', 'web', undefined],
  ] as const)('of a %s names its ARN where the id makes one', async (kind, id, arn) => {
    await keep(eventOf({ target: { kind, id } }));
    expect(ops.items[0]?.item.resource).toBe(arn);
  });

  it('of a second hand-off is the same one, brought up to date', async () => {
    await keep(eventOf({}));
    await keep(eventOf({ id: '2', headline: 'NEEDS YOU AGAIN' }, LATER));
    expect(ops.items).toMatchObject([{ isOpen: true, item: { title: 'NEEDS YOU AGAIN, 123456789012 eu-central-1' } }]);
  });

  it('is resolved when a later incident of the same policy and target recovers', async () => {
    await keep(eventOf({}));
    await keep(eventOf({ stage: 'recovered', thread: 'incident-2' }, LATER));
    expect(ops.items).toMatchObject([{ isOpen: false }]);
  });

  it('is left alone by the recovery of another target', async () => {
    await keep(eventOf({}));
    await keep(eventOf({ stage: 'recovered', target: { kind: 'instance', id: 'i-0abd' } }, LATER));
    expect(ops.items).toMatchObject([{ isOpen: true }]);
  });

  it('that was resolved is followed by a new one when people are needed again', async () => {
    await keep(eventOf({}));
    await keep(eventOf({ stage: 'recovered' }, LATER));
    await keep(eventOf({ id: '3' }, LATER + 60_000));
    expect(ops.items.map(({ isOpen }) => isOpen)).toEqual([false, true]);
  });

  it('is not opened again by a hand-off that comes twice or late', async () => {
    await keep(eventOf({}));
    await keep(eventOf({}));
    await keep(eventOf({ stage: 'recovered' }, LATER));
    await keep(eventOf({}));
    await keep(eventOf({ id: '2' }, NOW + 1));
    expect(ops.items).toMatchObject([{ isOpen: false }]);
    expect(ops.calls).toEqual(['open', 'resolve']);
  });

  it('that cannot be found yet is not opened twice', async () => {
    await keep(eventOf({}));
    ops.finds = false;
    await keep(eventOf({ id: '2', headline: 'NEEDS YOU AGAIN' }, LATER));
    expect(ops.items).toMatchObject([{ item: { title: 'NEEDS YOU AGAIN, 123456789012 eu-central-1' } }]);
  });

  it('has a description that Systems Manager takes', async () => {
    await keep(eventOf({ why: [...Array(6)].map(() => 'x '.repeat(500)) }));
    expect(ops.items[0]?.item.description).toHaveLength(2_048);
  });

  it('of what is no notice, or of one without an alert, is an error', async () => {
    for (const event of [{}, undefined, { detail: { version: '2' } }, eventOf({ stage: 'started' })])
      await expect(keep(event)).rejects.toThrow('no notice with an alert');
  });
});
