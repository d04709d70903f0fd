import type { Notice } from './notice.ts';

type NoticeTarget = NonNullable<Notice['target']>;

const kinds: Readonly<Record<NoticeTarget['kind'], string>> = {
  instance: 'instance',
  'auto-scaling-group': 'Auto Scaling group',
  database: 'database',
  'database-cluster': 'database cluster',
  fleet: 'fleet',
};

/** The target of a notice in the words of every message: "instance i-0abc", "fleet Web". */
export function noticeTargetInWords({ kind, id }: Pick<NoticeTarget, 'kind' | 'id'>): string {
  return `${kinds[kind]} ${id}`;
}
