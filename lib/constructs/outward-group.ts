import { CfnOutput } from 'aws-cdk-lib';
import { type ISecurityGroup, type IVpc, Peer, Port, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';

/** HTTPS to the APIs of AWS, and DNS for networks with a server of their own; Amazon's own resolver passes every security group. */
const EVERYWHERE = [Port.tcp(443), Port.tcp(53), Port.udp(53)];

/**
 * A security group for a function that speaks to something in a network: nothing comes in, and out goes what it needs for AWS and
 * names. What it is to reach is opened where that is known. Its id is in the outputs of the stack, for whoever must let it in.
 */
export function outwardGroup(scope: Construct, id: string, vpc: IVpc, purpose: string): ISecurityGroup {
  const group = new SecurityGroup(scope, id, { vpc, description: purpose, allowAllOutbound: false });
  for (const port of EVERYWHERE) group.addEgressRule(Peer.anyIpv4(), port, 'APIs of AWS, and names');
  new CfnOutput(scope, `${id}Id`, { value: group.securityGroupId, description: `Security group of ${purpose}: let it in there` });
  return group;
}
