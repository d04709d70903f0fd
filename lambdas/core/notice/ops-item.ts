import type { Alert } from './alert.ts';
import { cut } from './cut.ts';
import { mailOf } from './mail.ts';
import type { Notice, Severity } from './notice.ts';
import type { Origin } from './origin.ts';

/** Systems Manager takes no longer description. */
const LONGEST_DESCRIPTION = 2_048;

/** Systems Manager's numbers, of which the lowest is the worst. */
const ranks: Readonly<Record<Severity, Pick<OpsItem, 'severity' | 'priority'>>> = {
  critical: { severity: '1', priority: 1 },
  warning: { severity: '3', priority: 3 },
  info: { severity: '4', priority: 5 },
};

/** What of an OpsItem a notice says. */
export interface OpsItem {
  /** The key of the alert: of those with the same one only one is open. */
  readonly key: string;
  readonly pipeline: string;
  /** When the notice was made, as ISO time. */
  readonly at: string;
  readonly title: string;
  readonly description: string;
  readonly severity: string;
  readonly priority: number;
  /** ARN of the target, where its kind has one that its id makes. */
  readonly resource?: string;
}

/** An OpsItem of the alert's key that Systems Manager has. */
export interface KnownOpsItem {
  readonly id: string;
  readonly isOpen: boolean;
  /** When the last notice was made that went into it, as ISO time. */
  readonly at: string;
}

/** What is done about a notice. */
export type OpsItemChange =
  | { readonly kind: 'none' }
  | { readonly kind: 'open'; readonly item: OpsItem }
  | { readonly kind: 'renew'; readonly id: string; readonly item: OpsItem }
  | { readonly kind: 'resolve'; readonly id: string; readonly item: OpsItem };

/** Decides what a notice changes. One that came twice, or was overtaken by a later one, changes nothing: it would open again what is over. */
export function opsItemChange(alert: Alert, item: OpsItem, known: readonly KnownOpsItem[]): OpsItemChange {
  if (known.some(({ at }) => at >= item.at)) return { kind: 'none' };
  const open = known.find(({ isOpen }) => isOpen);
  if (alert.state === 'open') return open ? { kind: 'renew', id: open.id, item } : { kind: 'open', item };
  return open ? { kind: 'resolve', id: open.id, item } : { kind: 'none' };
}

/** The notice as an OpsItem, in the words of the mail. */
export function opsItemOf(notice: Notice, { key }: Alert, origin: Pick<Origin, 'partition'>): OpsItem {
  const { pipeline, at, title, severity } = notice;
  const resource = arnOf(notice, origin);
  return {
    ...{ key, pipeline, at, title },
    description: descriptionOf(notice),
    ...ranks[severity],
    ...(resource !== undefined && { resource }),
  };
}

/** The mail. Where it is too long, links are left out before the rest is cut: half of one leads nowhere, and the incident's id is at the end. */
function descriptionOf(notice: Notice): string {
  const bodies = [notice, { ...notice, links: [] }].map((each) => mailOf(each).body);
  const whole = bodies.find(({ length }) => length <= LONGEST_DESCRIPTION);
  return whole ?? cut(mailOf({ ...notice, links: [], kept: [], diagnosis: [] }).body, LONGEST_DESCRIPTION);
}

function arnOf({ target, region, account }: Notice, { partition }: Pick<Origin, 'partition'>): string | undefined {
  const arn = (service: string, resource: string) => `arn:${partition}:${service}:${region}:${account.id}:${resource}`;
  switch (target?.kind) {
    case 'instance':
      return arn('ec2', `instance/${target.id}`);
    case 'database':
      return arn('rds', `db:${target.id}`);
    case 'database-cluster':
      return arn('rds', `cluster:${target.id}`);
    default:
      return undefined;
  }
}
