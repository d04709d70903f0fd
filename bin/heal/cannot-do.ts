import { messageOf } from '../../lambdas/core/failure.ts';
import { commandVersion } from './command-version.ts';

/** What was asked for cannot be done, and what the person can do instead. */
export class CannotDo extends Error {
  readonly next: string;

  constructor(message: string, next: string) {
    super(message);
    this.name = 'CannotDo';
    this.next = next;
  }
}

/** What is known of a failure by the words of it, and what to do next, for which one may lack rights. */
const known: readonly (readonly [words: RegExp, what: (message: string) => string, next: string | ((rights: string) => string)])[] = [
  [
    /CredentialsProviderError|Could not load credentials|ExpiredToken|UnrecognizedClient|InvalidClientTokenId|InvalidSignature|token .*expired/i,
    (message) => `AWS knows no valid credentials of yours: ${message}`,
    'log in ("aws sso login"), or name one of the profiles that "aws configure list-profiles" has with --profile; then try again',
  ],
  [/AccessDenied|not authorized to perform/, (message) => `you are not allowed to: ${message}`, (rights) => `ask for ${rights}`],
  [/Region is missing/, () => 'no AWS Region is set', 'name the Region of the pipeline with --region, or set AWS_REGION'],
  [/Region not accepted/, (message) => `that is no AWS Region: ${message}`, 'name one such as eu-west-1 with --region or in AWS_REGION'],
  [
    /ResourceNotFoundException/,
    (message) => `a part of the pipeline is gone: ${message}`,
    'somebody deleted it, which a deployment does not notice: remove the stack and deploy it again. CloudTrail says who it was',
  ],
  [
    /Invalid URL|ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|TimeoutError|socket hang up|certificate|UNABLE_TO_/,
    (message) => `AWS could not be reached: ${message}`,
    'see that --region names a Region, and that network, VPN, proxy and AWS_ENDPOINT_URL let you through; "aws sts get-caller-identity" tries the same',
  ],
  [
    /Throttl|TooManyRequests|Rate exceeded|ProvisionedThroughputExceeded|\b(Request|Bandwidth|(Automation)?Execution)?LimitExceeded/,
    (message) => `AWS has too many calls at the moment: ${message}`,
    'wait a minute and try again; ask for less with a shorter --since',
  ],
  [
    /ZodError|invalid_type|Unexpected token|JSON/,
    (message) => `the pipeline says something that this version (${commandVersion}) cannot read: ${message}`,
    'use the command of the version that was deployed last',
  ],
];

/** Any failure of a command as two lines: what is wrong, and what to do next, such as to ask for the rights that it takes. */
export function inTwoLines(error: unknown, rights = 'the right that it names'): readonly [string, string] {
  if (error instanceof CannotDo) return [error.message, error.next];
  const message = messageOf(error);
  const said = chain(error).join(' ');
  const found = known.find(([words]) => words.test(said));
  if (found) {
    const [, what, next] = found;
    return [what(message), typeof next === 'string' ? next : next(rights)];
  }
  return [
    message === '' ? said : message,
    `try again; if it says the same, report it with your version (${commandVersion}). The pipeline goes on without this command`,
  ];
}

/** The names and messages of an error and of what caused it. */
function chain(error: unknown): readonly string[] {
  if (!(error instanceof Error)) return [String(error)];
  const more = error instanceof AggregateError ? error.errors : [];
  const code = Reflect.get(error, 'code');
  const own = [error.name, typeof code === 'string' ? code : '', messageOf(error)];
  return [...own, ...[...more, ...(error.cause === undefined ? [] : [error.cause])].flatMap(chain)];
}
