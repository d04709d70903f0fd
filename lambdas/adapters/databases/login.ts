import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { Signer } from '@aws-sdk/rds-signer';
import type { DatabaseConnection, DatabaseLogin } from '../../core/database-connection.ts';
import { Defect } from '../../core/failure.ts';
import { reading } from '../aws-call.ts';

/** A network without a way to Secrets Manager answers nothing at all; whoever asks still wants the time to say so. */
const SECRET_LIMIT_MILLISECONDS = 10_000;

/** The login for a connection, read anew each time: a rotated secret must not look like a broken database. */
export function readDatabaseLogin(connection: DatabaseConnection, secrets = new SecretsManagerClient({})): Promise<DatabaseLogin> {
  return connection.login.kind === 'secret' ? fromSecret(connection.login.arn, secrets) : fromIam(connection, connection.login.user);
}

async function fromSecret(arn: string, secrets: SecretsManagerClient): Promise<DatabaseLogin> {
  const { SecretString = '' } = await reading('read the secret of the database', () =>
    secrets.send(new GetSecretValueCommand({ SecretId: arn }), { abortSignal: AbortSignal.timeout(SECRET_LIMIT_MILLISECONDS) }),
  );
  const { username, password } = parsed(SecretString);
  if (typeof username !== 'string' || typeof password !== 'string')
    throw new Defect('the secret of the database is no JSON with username and password', undefined);
  return { user: username, password };
}

/** The text itself is kept out of the error, since it may hold the password. */
function parsed(text: string): { readonly username?: unknown; readonly password?: unknown } {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

async function fromIam({ host, port }: DatabaseConnection, user: string): Promise<DatabaseLogin> {
  const signer = new Signer({ hostname: host, port, username: user });
  return { user, password: await reading('sign a token for the database', () => signer.getAuthToken()) };
}
