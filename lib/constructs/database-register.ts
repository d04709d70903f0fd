import { Aws, Lazy } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { ParameterTier, StringParameter } from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';
import { type DatabaseConnection, databasesPath } from '../../lambdas/core/database-connection.ts';
import { connectionsByName, longestConnection } from './connections-by-name.ts';
import type { HealingFunction } from './healing-function.ts';
import { acknowledgeWildcard } from './security-acknowledgements.ts';

/** An advanced parameter holds 8,192 characters; the rest is room for what turns out longer than it was taken for. */
const LONGEST_PAGE = 7_000;

interface Page {
  readonly connections: Map<string, DatabaseConnection>;
  length: number;
}

/**
 * The connections to databases for which the variables of a function, of 4 KB together, have no room. They stand in parameters, which a
 * function reads when it is asked about the first such database.
 */
export class DatabaseRegister extends Construct {
  readonly #pipeline: string;
  readonly #pages: Page[] = [];
  readonly #known = new Set<string>();
  readonly #readers = new Set<HealingFunction>();

  constructor(scope: Construct, id: string, { pipeline }: { readonly pipeline: string }) {
    super(scope, id);
    this.#pipeline = pipeline;
  }

  /** Lets a function find a connection here. */
  tell(reader: HealingFunction, name: string, connection: DatabaseConnection): void {
    this.#enter(name, connection);
    if (this.#readers.has(reader)) return;
    this.#readers.add(reader);
    const path = databasesPath(this.#pipeline);
    reader.function.addEnvironment('DATABASE_CONNECTIONS_PATH', path);
    const arn = `arn:${Aws.PARTITION}:ssm:${Aws.REGION}:${Aws.ACCOUNT_ID}:parameter${path}`;
    reader.role.addToPrincipalPolicy(new PolicyStatement({ actions: ['ssm:GetParametersByPath'], resources: [arn, `${arn}/*`] }));
    acknowledgeWildcard(reader.role, `${arn}/*`, 'The register has as many pages as it needs.');
  }

  #enter(name: string, connection: DatabaseConnection): void {
    if (this.#known.has(name)) return;
    this.#known.add(name);
    const length = longestConnection(name, connection);
    const page = this.#pages.at(-1);
    if (page && page.length + length <= LONGEST_PAGE) {
      page.connections.set(name, connection);
      page.length += length;
    } else this.#begin({ connections: new Map([[name, connection]]), length });
  }

  #begin(page: Page): void {
    this.#pages.push(page);
    const number = this.#pages.length;
    new StringParameter(this, `Page${number}`, {
      parameterName: `${databasesPath(this.#pipeline)}/${number}`,
      description: 'How the functions of the self-healing pipeline reach databases; it holds no secret.',
      tier: ParameterTier.INTELLIGENT_TIERING,
      stringValue: Lazy.string({ produce: () => connectionsByName(this, page.connections) }),
    });
  }
}
