import { messageOf } from '../../lambdas/core/failure.ts';

/** What was asked for cannot be done, and what the person can do instead. */
export class CannotDo extends Error {
  readonly next: string;

  constructor(message: string, next: string) {
    super(message);
    this.name = 'CannotDo';
    this.next = next;
  }
}

/** Names by which the SDK says that it has no credentials, or none that are good. */
const NO_CREDENTIALS =
  /CredentialsProviderError|Could not load credentials|ExpiredToken|UnrecognizedClient|InvalidClientTokenId|token .*expired/i;

/** Any failure of a command as two lines: what is wrong, and what to do next. */
export function inTwoLines(error: unknown): readonly [string, string] {
  if (error instanceof CannotDo) return [error.message, error.next];
  const message = messageOf(error);
  const chain = `${error instanceof Error ? error.name : ''} ${message} ${error instanceof Error && error.cause ? String(error.cause) : ''}`;
  if (NO_CREDENTIALS.test(chain))
    return ['AWS knows no valid credentials of yours', 'log in ("aws sso login") or set AWS_PROFILE; then try again'];
  if (/AccessDenied/.test(chain))
    return [`you are not allowed to: ${message}`, 'ask for the managed policy <pipeline>-operators-<Region> on your role'];
  if (/Region is missing/.test(chain)) return ['no AWS Region is set', 'set AWS_REGION to the Region of the pipeline'];
  return [message, 'nothing else is known of it; the pipeline itself goes on without this command'];
}
