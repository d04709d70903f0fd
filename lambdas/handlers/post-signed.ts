import { postSigned, type SignedAddress } from '../adapters/signed-post.ts';
import { iso } from '../core/duration.ts';
import { Defect } from '../core/failure.ts';
import { fieldsOf } from '../core/fields.ts';
import { investigationOf } from '../core/notice/investigation.ts';
import { readNotice } from '../core/notice/notice.ts';
import { environment } from './environment.ts';

const address: SignedAddress = JSON.parse(environment('SIGNED_WEBHOOK'));

/** Target of the rule for notices that open an alert. */
export async function handler(event: unknown): Promise<void> {
  const notice = readNotice(fieldsOf(event).detail);
  if (!notice) throw new Defect('the event is no notice', undefined);
  await postSigned(address, investigationOf(notice), iso(Date.now()));
}
