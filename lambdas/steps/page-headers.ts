import { createHash } from 'node:crypto';
import { PAGE_STYLE } from '../core/approval-page.ts';

const styleHash = createHash('sha256').update(PAGE_STYLE).digest('base64');

/** What a browser is told beside a page of links: nothing is loaded, kept, framed, indexed or told to others. */
export const pageHeaders = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': `default-src 'none'; style-src 'sha256-${styleHash}'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'`,
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'x-robots-tag': 'noindex',
  'strict-transport-security': 'max-age=31536000',
};
