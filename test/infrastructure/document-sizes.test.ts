import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { remediator as clearCaches } from '../../lambdas/remediators/clear-caches.ts';
import { Fleet } from '../../lib/fleet.ts';
import { HealingPipeline } from '../../lib/healing-pipeline.ts';
import { unbundledApp } from '../support/default-stack.ts';
import { longestMatch } from '../support/longest-match.ts';
import { completeTemplate, resources } from '../support/template.ts';

/**
 * Systems Manager takes so much of document and parameters of a command together. How it counts is not said; the reserve is for whatever
 * it counts beside the JSON of both.
 */
const LARGEST = 65_536;
const RESERVE = 4_096;

/** A character takes at most so many bytes in JSON. */
const BYTES_A_CHARACTER = 6;

type Parameters = Readonly<Record<string, { readonly allowedPattern?: string; readonly allowedValues?: readonly string[] }>>;

function withDrills(): Template {
  const stack = new Stack(unbundledApp(), 'Drills');
  const pipeline = new HealingPipeline(stack, 'Healing', { drills: true });
  pipeline.protectFleet('Web', { fleet: Fleet.tagged('SelfHeal', 'enabled'), agent: false, memory: {} });
  return Template.fromStack(stack);
}

const documents = new Map(
  [completeTemplate(), withDrills()]
    .flatMap((template) => [...resources('AWS::SSM::Document', template).values()])
    .map(({ Properties: { Name, Content } }) => [
      (Name as string).replace(/^healing-/, ''),
      Content as { readonly parameters?: Parameters },
    ]),
);

/** As many as may be named, each as long as it may be. */
const long = (count: number, entry: (mark: string) => string) => Array.from({ length: count }, (_, index) => entry(String(index + 10)));
const paths = long(20, (mark) => `/${mark}${'p'.repeat(198)}`);
const protect = long(50, (mark) => `${mark}${'n'.repeat(98)}`);
/** As many levels as there may be, since JSON doubles what parts them. */
const windowsPaths = long(20, (mark) => `C:${'\\f'.repeat(18)}\\${mark}${'f'.repeat(98)}\\${'f'.repeat(8)}`);
const cleared = { paths, protect, windowsPaths } as const;

/** What the pattern leaves open, and what is sent at the most. */
const bounded: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'clear-caches': { Paths: paths.join(':'), Protect: protect.join(':'), WindowsPaths: windowsPaths.join(';') },
  // The folders that `clear-caches` clears.
  'fill-folder': { Folders: paths.join(':') },
  // A parameter of Parameter Store has the configuration, too.
  'configure-agent': { Name: 'n'.repeat(256), Configuration: 'c'.repeat(4_096 * (4 / 3)), Version: 'v'.repeat(40) },
  // Services of one machine.
  'look-at-node': { Services: long(100, (mark) => mark.padEnd(128, 's')).join(' ') },
};

function bytes(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}

/** The parameters as a request has them, each as long as its document or whoever sends it allows. */
function longestParameters(name: string, parameters: Parameters = {}): number {
  return Object.entries(parameters).reduce((sum, [parameter, { allowedPattern, allowedValues }]) => {
    const known = bounded[name]?.[parameter];
    const characters = allowedValues ? Math.max(...allowedValues.map(({ length }) => length)) : longestMatch(allowedPattern ?? '.*');
    return sum + bytes({ [parameter]: [known ?? ''] }) + (known === undefined ? characters * BYTES_A_CHARACTER : 0);
  }, 0);
}

describe('document and parameters together', () => {
  it('are looked at for remedies, agents, drills, answers and whatever only looks', () => {
    expect([...documents.keys()]).toEqual(
      expect.arrayContaining([...Object.keys(bounded), 'restart-service', 'restart-instance', 'stop-service', 'diagnose', 'answer']),
    );
  });

  it.each([...documents])('leave a reserve of what Systems Manager takes, 64 KB: %s', (name, content) => {
    expect(bytes(content) + longestParameters(name, content.parameters)).toBeLessThanOrEqual(LARGEST - RESERVE);
  });

  it('of clear-caches are the longest that it allows', () => {
    expect(clearCaches.params.safeParse(cleared).success).toBe(true);
    for (const more of [
      { ...cleared, paths: [...paths, '/tmp'] },
      { ...cleared, paths: paths.map((path) => `${path}p`) },
      { ...cleared, protect: [...protect, 'n'] },
      { ...cleared, protect: protect.map((name) => `${name}n`) },
      { ...cleared, windowsPaths: windowsPaths.map((path) => `${path}\\d`) },
    ])
      expect(clearCaches.params.safeParse(more).success).toBe(false);
  });
});
