import type { ISecurityGroup } from 'aws-cdk-lib/aws-ec2';
import type { CfnFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type { DatabaseAccess } from '../database-access.ts';
import { groupDescription } from '../description.ts';
import { isSameValue } from '../same-value.ts';
import type { HealingFunction } from './healing-function.ts';
import { outwardGroup } from './outward-group.ts';

/** What Lambda takes for one function. */
const MOST_GROUPS = 5;

/**
 * Where a function stands that speaks to databases of one VPC: in the security groups that each of them asks for. A database for which none
 * are given is reached from a group of the function's own, which lets nothing in.
 */
export class DatabaseNetwork {
  readonly #scope: Construct;
  readonly #id: string;
  readonly #first: DatabaseAccess;
  #own: ISecurityGroup | undefined;
  #groups: readonly ISecurityGroup[] = [];

  constructor(scope: Construct, first: DatabaseAccess, id = 'SecurityGroup') {
    this.#scope = scope;
    this.#id = id;
    this.#first = first;
    this.#groups = this.#union(this.#groupsOf(first));
  }

  /** The part of the function's options that puts it beside the first database. */
  get options() {
    const { vpc, subnets } = this.#first;
    return { vpc, securityGroups: [...this.#groups], ...(subnets && { vpcSubnets: subnets }) };
  }

  /** Whether the function stands in the VPC of a database. */
  isIn({ vpc }: DatabaseAccess): boolean {
    return isSameValue(this.#scope, [this.#first.vpc.vpcId], [vpc.vpcId]);
  }

  /** Whether the function can stand in the groups of a database, too. */
  hasRoom(access: DatabaseAccess): boolean {
    // One that is made counts before it is.
    const own = access.functionSecurityGroups || this.#own ? 0 : 1;
    return this.#union(access.functionSecurityGroups ?? []).length + own <= MOST_GROUPS;
  }

  /** Why the function cannot reach a database from where it stands. */
  refuses(access: DatabaseAccess): string | undefined {
    if (!this.isIn(access)) return 'stands in another VPC already: protect the databases of each VPC by a pipeline of its own';
    if (!isSameValue(this.#scope, subnetsOf(this.#first), subnetsOf(access)))
      return 'stands in other subnets already: give the databases of a VPC the same subnets, or protect them by pipelines of their own';
    if (!this.hasRoom(access))
      return `would stand in more than ${MOST_GROUPS} security groups, which is all that Lambda takes: name one for several databases as functionSecurityGroups, or leave it out for some`;
    return undefined;
  }

  /** Puts the function into the groups from which a database is reached, and returns these. */
  join({ function: fn }: HealingFunction, access: DatabaseAccess): readonly ISecurityGroup[] {
    const before = this.#groups;
    const groups = this.#groupsOf(access);
    this.#groups = this.#union(groups);
    if (this.#groups.length > before.length) {
      const resource = fn.node.defaultChild as CfnFunction;
      const place = resource.vpcConfig as CfnFunction.VpcConfigProperty;
      resource.vpcConfig = { ...place, securityGroupIds: this.#groups.map(({ securityGroupId }) => securityGroupId) };
    }
    return groups;
  }

  #groupsOf({ functionSecurityGroups, vpc }: DatabaseAccess): readonly ISecurityGroup[] {
    if (functionSecurityGroups) return functionSecurityGroups;
    const purpose = groupDescription(`the self-healing pipeline at databases (${this.#scope.node.path})`);
    this.#own ??= outwardGroup(this.#scope, this.#id, vpc, purpose);
    return [this.#own];
  }

  /** The groups of the function with further ones, each once: two constructs may stand for the same. */
  #union(further: readonly ISecurityGroup[]): readonly ISecurityGroup[] {
    const isSame = ({ securityGroupId: one }: ISecurityGroup, { securityGroupId: other }: ISecurityGroup) =>
      isSameValue(this.#scope, [one], [other]);
    const all = [...this.#groups, ...further];
    return all.filter((group, index) => all.findIndex((each) => isSame(each, group)) === index);
  }
}

const subnetsOf = ({ vpc, subnets }: DatabaseAccess): readonly string[] => vpc.selectSubnets(subnets).subnetIds.toSorted();
