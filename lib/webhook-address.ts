import { BlockList, isIP } from 'node:net';
import * as z from 'zod';

/** The longest address that EventBridge posts to. */
const LONGEST = 2_048;

/** This machine, private networks, and where clouds keep credentials (169.254.0.0/16, fd00:ec2::/32). */
const inside = new BlockList();
for (const [network, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
] as const)
  inside.addSubnet(network, bits);
for (const [network, bits] of [
  ['::', 127],
  ['fc00::', 7],
  ['fe80::', 10],
] as const)
  inside.addSubnet(network, bits, 'ipv6');

/** Where notices are posted. Neither EventBridge nor the function that signs is in a network of the user's. */
export const webhookAddressSchema = z
  .url({ protocol: /^https$/, error: 'must be an address with https' })
  .max(LONGEST, `must have at most ${LONGEST} characters`)
  // EventBridge would fill it in.
  .refine((url) => !url.includes('*'), 'must have no * in it')
  .refine((url) => !url.includes('#'), 'must have no # in it: what follows is never sent')
  // It would stand in the template, for everybody to read.
  .refine((url) => !parsed(url)?.username && !parsed(url)?.password, 'must have no name and password in it: use authorization')
  .refine(
    (url) => isOutside(parsed(url)?.hostname ?? ''),
    'must be an address of the internet, and none of this machine or a private network',
  );

/** What API destinations of EventBridge take, as CloudFormation checks it. */
const POSTED = /^((%[0-9A-Fa-f]{2}|[-()_.!~*';/?:@&=+$,A-Za-z0-9])+)([).!';/?:@&])?$/;

/** Where EventBridge itself posts. */
export const postedAddressSchema = webhookAddressSchema.refine(
  (url) => POSTED.test(url),
  "must have only letters, digits and -()_.!~';/?:@&=+$, in it, as EventBridge wants: write any other character by its %XX",
);

function parsed(url: string): URL | undefined {
  return URL.canParse(url) ? new URL(url) : undefined;
}

/** `URL` has turned every way to write an IPv4 address into the usual one. */
function isOutside(hostname: string): boolean {
  const address = hostname.replace(/^\[|\]$/g, '');
  const version = isIP(address);
  if (version === 0) return !/(^|\.)localhost\.?$/.test(address);
  return !inside.check(address, version === 6 ? 'ipv6' : 'ipv4');
}
