import { randomBytes } from 'node:crypto';
import { TOKEN_BYTES } from '../core/approval-link.ts';

/** A token that nobody guesses, in the alphabet of URLs. */
export function newToken(): string {
  return randomBytes(TOKEN_BYTES).toString('base64url');
}
