import { ownConnection } from './forward.ts';

type Variables = Readonly<Record<string, string>>;

/** The environment variables of a function. */
export async function functionVariables(endpoint: string, name: string): Promise<Variables> {
  const { Environment } = await configuration(endpoint, name, { method: 'GET' });
  return Environment?.Variables ?? {};
}

/** Sets them all; the function's next run is in a new process. */
export async function setFunctionVariables(endpoint: string, name: string, variables: Variables): Promise<void> {
  await configuration(endpoint, name, { method: 'PUT', body: JSON.stringify({ Environment: { Variables: variables } }) });
}

async function configuration(
  endpoint: string,
  name: string,
  request: RequestInit,
): Promise<{ readonly Environment?: { readonly Variables?: Variables } }> {
  const headers = { ...ownConnection, authorization: 'AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/lambda/aws4_request' };
  const answer = await fetch(`${endpoint}/2015-03-31/functions/${name}/configuration`, { ...request, headers });
  const body = await answer.text();
  if (!answer.ok) throw new Error(`Lambda answered ${answer.status}: ${body}`);
  return JSON.parse(body);
}
