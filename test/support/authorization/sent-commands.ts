import { globSync, readFileSync } from 'node:fs';

/** A command class that a file constructs, and the package that it is from. */
export interface SentCommand {
  readonly command: string;
  readonly from: string;
  readonly file: string;
}

/** IAM's prefix of each client; a client that is not here fails the witness by name. */
const services: Readonly<Record<string, string>> = {
  '@aws-sdk/client-auto-scaling': 'autoscaling',
  '@aws-sdk/client-cloudformation': 'cloudformation',
  '@aws-sdk/client-cloudwatch': 'cloudwatch',
  '@aws-sdk/client-cloudwatch-logs': 'logs',
  '@aws-sdk/client-codedeploy': 'codedeploy',
  '@aws-sdk/client-ec2': 'ec2',
  '@aws-sdk/client-elastic-load-balancing-v2': 'elasticloadbalancing',
  '@aws-sdk/client-eventbridge': 'events',
  '@aws-sdk/client-iam': 'iam',
  '@aws-sdk/client-rds': 'rds',
  '@aws-sdk/client-secrets-manager': 'secretsmanager',
  '@aws-sdk/client-service-quotas': 'servicequotas',
  '@aws-sdk/client-sfn': 'states',
  '@aws-sdk/client-sns': 'sns',
  '@aws-sdk/client-sqs': 'sqs',
  '@aws-sdk/client-ssm': 'ssm',
  '@aws-sdk/client-sts': 'sts',
};

/** Commands whose actions are not simply their names. */
const actionsByCommand: Readonly<Record<string, readonly string[]>> = {
  'BatchGetCommand of @aws-sdk/lib-dynamodb': ['dynamodb:BatchGetItem'],
  'DeleteCommand of @aws-sdk/lib-dynamodb': ['dynamodb:DeleteItem'],
  'GetCommand of @aws-sdk/lib-dynamodb': ['dynamodb:GetItem'],
  'PutCommand of @aws-sdk/lib-dynamodb': ['dynamodb:PutItem'],
  'QueryCommand of @aws-sdk/lib-dynamodb': ['dynamodb:Query'],
  'UpdateCommand of @aws-sdk/lib-dynamodb': ['dynamodb:UpdateItem'],
  'TransactWriteCommand of @aws-sdk/lib-dynamodb': [
    'dynamodb:PutItem',
    'dynamodb:UpdateItem',
    'dynamodb:DeleteItem',
    'dynamodb:ConditionCheckItem',
  ],
};

/** What sends requests, or signs what needs a permission, without a command class. */
const otherSenders: Readonly<Record<string, readonly string[]>> = {
  '@aws-sdk/rds-signer': ['rds-db:connect'],
};

/** Imported, but no request is sent by them. */
const silent = new Set(['@aws-lambda-powertools/metrics', '@aws-sdk/client-dynamodb']);

const IMPORT = /^import (type )?(?:\{([^}]*)\}|(\* as \w+|\w+)) from '([^']+)';/gm;

/** Every command class that a source imports from an SDK's client. */
function commandsIn(source: string, file: string): readonly SentCommand[] {
  return importsOf(source).flatMap(({ names, from }) =>
    names.filter((name) => name.endsWith('Command')).map((command) => ({ command, from, file })),
  );
}

/** The IAM actions that a source needs for the requests that it can send. */
export function actionsOf(source: string, file: string): readonly string[] {
  const problems = bypasses(source, file);
  if (problems.length > 0) throw new Error(problems.join('\n'));
  const senders = importsOf(source).flatMap(({ from }) => otherSenders[from] ?? []);
  return [...new Set([...senders, ...commandsIn(source, file).flatMap(actionsByName)])];
}

/** The IAM actions of all adapters, each with the files whose commands need it. */
export function actionsOfAdapters(): ReadonlyMap<string, readonly string[]> {
  const folder = `${import.meta.dirname}/../../../lambdas/adapters`;
  const found = globSync('**/*.ts', { cwd: folder }).flatMap((file) =>
    actionsOf(readFileSync(`${folder}/${file}`, 'utf8'), file).map((action) => ({ action, file })),
  );
  return new Map([...Map.groupBy(found, ({ action }) => action)].map(([action, files]) => [action, files.map(({ file }) => file)]));
}

function actionsByName({ command, from, file }: SentCommand): readonly string[] {
  const special = actionsByCommand[`${command} of ${from}`];
  if (special) return special;
  const service = services[from];
  if (service === undefined) throw new Error(`${file}: nobody has said what IAM calls the actions of ${command} of ${from}`);
  return [`${service}:${command.slice(0, -'Command'.length)}`];
}

/** Ways to the SDK that the reading of imports would not see. */
function bypasses(source: string, file: string): readonly string[] {
  const whole = importsOf(source)
    .filter(({ star, from }) => star && isAws(from))
    .map(({ from }) => `${file}: imports ${from} as a whole, so that nobody can tell which requests it sends`);
  const later = [...source.matchAll(/\b(?:import|require)\(\s*['"`](@aws-[^'"`]+)/g)].map(
    ([, from]) => `${file}: loads ${from} while it runs`,
  );
  const unknown = importsOf(source)
    .filter(
      ({ from }) => isAws(from) && !(from in services) && !(from in otherSenders) && !silent.has(from) && from !== '@aws-sdk/lib-dynamodb',
    )
    .map(({ from }) => `${file}: nobody has said which requests ${from} sends`);
  return [...whole, ...later, ...unknown];
}

function isAws(from: string): boolean {
  return from.startsWith('@aws-');
}

function importsOf(source: string): readonly { readonly names: readonly string[]; readonly star: boolean; readonly from: string }[] {
  return [...source.matchAll(IMPORT)]
    .filter(([, type]) => type === undefined)
    .map(([, , names, star, from = '']) => ({
      names: (names ?? '')
        .split(',')
        .map((name) => name.trim())
        .filter((name) => name !== '' && !name.startsWith('type '))
        .map((name) => name.replace(/ as .*$/, '')),
      star: star !== undefined,
      from,
    }));
}
