import type { ReadAccount } from '../../../lambdas/core/doctor/examine.ts';
import type { ReadingName, Readings } from '../../../lambdas/core/doctor/readings.ts';
import { messageOf } from '../../../lambdas/core/failure.ts';

/** How each reading is made. One may be made of others, each of which is made once. */
export type Account = { readonly [Name in ReadingName]: () => Promise<Readings[Name]> };

/** What a refusal of AWS is called, by service. */
const REFUSED = /AccessDenied|UnauthorizedOperation|AuthorizationError|NotAuthorized/;

/** Makes the readings that are needed, beside each other. A failure of one is what became of it, and stops no other. */
export async function readAll(account: Account, needed: readonly ReadingName[], done: () => void): Promise<ReadAccount> {
  const read = await Promise.all(
    needed.map(async (name) => {
      try {
        return [name, { value: await account[name]() }] as const;
      } catch (error) {
        return [name, { why: messageOf(error), refused: isRefusal(error) }] as const;
      } finally {
        done();
      }
    }),
  );
  return Object.fromEntries(read) as ReadAccount;
}

function isRefusal(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return REFUSED.test(`${error.name} ${error.message}`) || isRefusal(error.cause);
}
