import { Defect } from '../core/failure.ts';
import { fieldsOf } from '../core/fields.ts';
import { readNotice } from '../core/notice/notice.ts';
import { opsItemChange, opsItemOf } from '../core/notice/ops-item.ts';
import type { Origin } from '../core/notice/origin.ts';
import type { OpsItems } from '../core/ports.ts';

/** Opens, renews or resolves the OpsItem of a notice's alert. An event that has none was not for it, and is told as not sent. */
export async function keepOpsItem(event: unknown, opsItems: OpsItems, origin: Pick<Origin, 'partition'>): Promise<void> {
  const notice = readNotice(fieldsOf(event).detail);
  if (!notice?.alert) throw new Defect('the event is no notice with an alert', undefined);
  const item = opsItemOf(notice, notice.alert, origin);
  const change = opsItemChange(notice.alert, item, await opsItems.find(item.key));
  switch (change.kind) {
    case 'none':
      return;
    case 'open': {
      // Opened by another delivery a moment ago, or not to be found yet.
      const { existing } = await opsItems.open(change.item);
      if (existing !== undefined) await opsItems.renew(existing, change.item);
      return;
    }
    case 'renew':
      return opsItems.renew(change.id, change.item);
    case 'resolve':
      return opsItems.resolve(change.id, change.item);
  }
}
