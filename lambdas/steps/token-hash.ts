import { createHash } from 'node:crypto';

/** What is kept of a link's token: whoever reads the table can use none. Of 256 random bits no salt is needed. */
export function tokenHash(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
