import { Aws, Lazy, Stack } from 'aws-cdk-lib';
import { type IRole, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';
import type { Group } from '../../lambdas/core/policy.ts';
import { SELECTIONS_PATH, selectionsName } from '../../lambdas/core/published-selections.ts';
import { longestOf } from '../policy-length.ts';
import { acknowledgeWildcard } from './security-acknowledgements.ts';

/** A standard parameter, which costs nothing, holds 4,096 characters; the rest is room for the brackets. */
const LONGEST_PART = 4_000;

/** Instances in one part of a list. */
const IDS_IN_PART = 100;

/**
 * What the pipeline protects, where every pipeline of the account and Region finds it: of several that protect the same target only one
 * acts.
 */
export class PublishedSelections extends Construct {
  readonly #pipeline: string;
  readonly #parts: Group[][] = [];

  constructor(scope: Construct, id: string, { pipeline }: { readonly pipeline: string }) {
    super(scope, id);
    this.#pipeline = pipeline;
  }

  /** Says that the pipeline protects the selection. */
  add(selection: Group): void {
    for (const each of inParts(selection)) {
      const last = this.#parts.at(-1);
      if (last && lengthOf([...last, each]) <= LONGEST_PART) last.push(each);
      else this.#begin(each);
    }
  }

  #begin(first: Group): void {
    const part = [first];
    this.#parts.push(part);
    new StringParameter(this, `Part${this.#parts.length}`, {
      parameterName: selectionsName(this.#pipeline, this.#parts.length),
      description: 'What the self-healing pipeline protects, for other pipelines to leave alone.',
      stringValue: Lazy.string({ produce: () => Stack.of(this).toJsonString(part) }),
    });
  }

  /** Lets a function read what all pipelines protect. */
  static grantRead(role: IRole): void {
    const all = `arn:${Aws.PARTITION}:ssm:${Aws.REGION}:${Aws.ACCOUNT_ID}:parameter${SELECTIONS_PATH}`;
    role.addToPrincipalPolicy(new PolicyStatement({ actions: ['ssm:GetParametersByPath'], resources: [all, `${all}/*`] }));
    acknowledgeWildcard(role, `${all}/*`, 'What other pipelines protect stands under their names, which are not known here.');
  }
}

function inParts(selection: Group): readonly Group[] {
  if (selection.kind !== 'instances') return [selection];
  const parts = Math.ceil(selection.ids.length / IDS_IN_PART);
  return Array.from({ length: parts }, (_, part) => ({
    ...selection,
    ids: selection.ids.slice(part * IDS_IN_PART, (part + 1) * IDS_IN_PART),
  }));
}

function lengthOf(part: readonly Group[]): number {
  return part.reduce((sum, each) => sum + longestOf(each) + 1, 2);
}
