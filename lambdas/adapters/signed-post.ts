import { createHmac } from 'node:crypto';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { Defect, TryAgain } from '../core/failure.ts';
import { reading } from './aws-call.ts';

/** A tool that takes signed JSON, and the secret by which it knows who signed. */
export interface SignedAddress {
  readonly url: string;
  /** ARN of the secret, which is read anew each time: it may be rotated. */
  readonly secret: string;
}

const LONGEST_MILLISECONDS = 10_000;

/** What a signature of AWS DevOps Agent's generic webhooks is over: the time of its header and the body as it is sent. */
function signatureOf(secret: string, timestamp: string, body: string): string {
  return createHmac('sha256', secret).update(`${timestamp}:${body}`, 'utf8').digest('base64');
}

/**
 * Posts JSON with a signature over it.
 *
 * @throws TryAgain where nothing answered, or it was the tool's fault
 * @throws Defect where the tool does not take it
 */
export async function postSigned(
  { url, secret }: SignedAddress,
  content: object,
  timestamp: string,
  secrets: Pick<SecretsManagerClient, 'send'> = new SecretsManagerClient({}),
): Promise<void> {
  const { SecretString = '' } = await reading('read the secret of the webhook', () =>
    secrets.send(new GetSecretValueCommand({ SecretId: secret }), { abortSignal: AbortSignal.timeout(LONGEST_MILLISECONDS) }),
  );
  if (SecretString === '') throw new Defect('the secret of the webhook is empty', undefined);
  const body = JSON.stringify(content);
  const headers = {
    'content-type': 'application/json',
    'x-amzn-event-timestamp': timestamp,
    'x-amzn-event-signature': signatureOf(SecretString, timestamp, body),
  };
  const { ok, status } = await answered(() =>
    fetch(url, { method: 'POST', headers, body, redirect: 'error', signal: AbortSignal.timeout(LONGEST_MILLISECONDS) }),
  );
  if (ok) return;
  const what = `the webhook answered ${status}`;
  throw status === 429 || status >= 500 ? new TryAgain(what, undefined) : new Defect(what, undefined);
}

/** The error of `fetch` says no more than that it failed; why is its cause. */
async function answered(call: () => Promise<Response>): Promise<Response> {
  try {
    return await call();
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
    throw new TryAgain(`the webhook did not answer: ${cause}`, error);
  }
}
