import { Annotations, Aws, Lazy, Token } from 'aws-cdk-lib';
import { type ManagedPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Group } from '../../lambdas/core/policy.ts';
import { GROUP_TAG } from '../../lambdas/core/selection.ts';
import { deployedText } from './deployed-text.ts';
import { acknowledgeWildcard } from './security-acknowledgements.ts';

/** Characters of a managed policy that are left for the instances of the fleets. */
const ROOM = 2_500;

/** Of the ARN of one instance, and of a statement about a tag. */
const INSTANCE_CHARACTERS = 85;
const STATEMENT_CHARACTERS = 220;

/**
 * Lets a managed policy send commands to the instances of groups; which documents, it says itself. A managed policy holds 6,144 characters:
 * what has no room in it is left out, and whoever asks those machines needs a right of their own.
 */
export class MemberCommands {
  readonly #policy: ManagedPolicy;
  readonly #noRoom: { readonly id: string; readonly says: string };
  readonly #tags = new Map<string, Set<string>>();
  #room = ROOM;

  constructor(policy: ManagedPolicy, noRoom: { readonly id: string; readonly says: string }) {
    this.#policy = policy;
    this.#noRoom = noRoom;
  }

  add(group: Group): void {
    if (group.kind === 'tagged') this.#addTag(group.key, group.value);
    else if (group.kind === 'auto-scaling-group') this.#addTag(GROUP_TAG, group.name);
    else if (group.kind === 'instances') this.#addInstances(group.ids);
    else if (group.target.kind === 'instance') this.#addInstances([group.target.id]);
  }

  #addInstances(ids: readonly string[]): void {
    const characters = ids.reduce((sum, id) => sum + INSTANCE_CHARACTERS + (Token.isUnresolved(id) ? deployedText(id).length : 0), 0);
    if (!this.#hasRoom(characters)) return;
    this.#policy.addStatements(new PolicyStatement({ actions: ['ssm:SendCommand'], resources: ids.map(instance) }));
  }

  /** All values of a key are one statement. */
  #addTag(key: string, value: string): void {
    if (!this.#hasRoom(deployedText(value).length + (this.#tags.has(key) ? 3 : STATEMENT_CHARACTERS + key.length))) return;
    const known = this.#tags.get(key);
    known?.add(value);
    if (known) return;
    const values = new Set([value]);
    this.#tags.set(key, values);
    this.#policy.addStatements(
      new PolicyStatement({
        actions: ['ssm:SendCommand'],
        resources: [instance('*')],
        conditions: { StringEquals: { [`ssm:resourceTag/${key}`]: Lazy.list({ produce: () => [...values] }) } },
      }),
    );
    acknowledgeWildcard(this.#policy, instance('*'), 'They change by themselves; the condition on their tag bounds it.');
  }

  #hasRoom(characters: number): boolean {
    if (characters > this.#room) {
      Annotations.of(this.#policy).addInfoV2(this.#noRoom.id, this.#noRoom.says);
      return false;
    }
    this.#room -= characters;
    return true;
  }
}

function instance(id: string): string {
  return `arn:${Aws.PARTITION}:ec2:${Aws.REGION}:${Aws.ACCOUNT_ID}:instance/${id}`;
}
