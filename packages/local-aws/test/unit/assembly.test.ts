import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { adaptAssembly, adaptTemplate } from '../../deployment/assembly.ts';
import { restoreTypes } from '../../gateway/supplied-resources.ts';

const alarm = {
  Type: 'AWS::CloudWatch::Alarm',
  DependsOn: ['Topic'],
  Condition: 'InProduction',
  Properties: { Threshold: 90.5, ActionsEnabled: true, Metrics: [{ Id: 'm1', ReturnData: false }], AlarmActions: [{ Ref: 'Topic' }] },
};
const topic = { Type: 'AWS::SNS::Topic', Properties: {} };

describe('adaptTemplate', () => {
  it('turns what the local AWS cannot deploy into custom resources that keep id, dependencies and condition', () => {
    const { template, supplied } = adaptTemplate({ Resources: { Alarm: alarm, Topic: topic } });
    expect(supplied).toEqual({ 'AWS::CloudWatch::Alarm': 1 });
    expect(template.Resources?.Topic).toEqual(topic);
    expect(template.Resources?.Alarm).toMatchObject({
      Type: 'Custom::Service',
      DependsOn: ['Topic'],
      Condition: 'InProduction',
      Properties: {
        ...alarm.Properties,
        ResourceType: 'AWS::CloudWatch::Alarm',
        ServiceToken: { 'Fn::GetAtt': ['LocalAwsService', 'Arn'] },
      },
    });
    expect(template.Resources?.LocalAwsService?.Type).toBe('AWS::Lambda::Function');
  });

  it('leaves a template alone that the local AWS can deploy', () => {
    const template = { Resources: { Topic: topic } };
    expect(adaptTemplate(template)).toEqual({ template, supplied: {}, shortened: {} });
  });

  it('lets the gateway give numbers and booleans back their types after CloudFormation made strings of them', () => {
    const { template } = adaptTemplate({ Resources: { Alarm: alarm } });
    const { NonStringPaths } = template.Resources?.Alarm?.Properties ?? {};
    const asSent = { Threshold: '90.5', ActionsEnabled: 'true', Metrics: [{ Id: 'm1', ReturnData: 'false' }], AlarmActions: ['arn'] };
    expect(restoreTypes(asSent, JSON.parse(String(NonStringPaths)))).toEqual({ ...alarm.Properties, AlarmActions: ['arn'] });
  });

  it('does not take the index inside an intrinsic function for a property', () => {
    const resource = { Type: 'AWS::SSM::Document', Properties: { Name: { 'Fn::Select': [0, ['a', 'b']] } } };
    const { template } = adaptTemplate({ Resources: { Doc: resource } });
    expect(template.Resources?.Doc?.Properties?.NonStringPaths).toBe('[]');
  });
});

describe('adaptAssembly', () => {
  it('adapts nested stacks of any depth, names each by the hash of its adapted template, and keeps what the CDK has to say', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'assembly-'));
    try {
      const hashFor = (letter: string) => letter.padEnd(64, '0');
      const nested = (hash: string) => ({
        Type: 'AWS::CloudFormation::Stack',
        Properties: { TemplateURL: { 'Fn::Join': ['', ['https://s3/', { Ref: 'AWS::URLSuffix' }, `/bucket/${hash}.json`]] } },
      });
      const [outer, middle, inner] = [hashFor('a'), hashFor('b'), hashFor('c')];
      const warning = { type: 'aws:cdk:warning', data: 'it is old' };
      const files: Readonly<Record<string, object>> = {
        'manifest.json': {
          artifacts: {
            Outer: {
              type: 'aws:cloudformation:stack',
              additionalMetadataFile: 'Outer.metadata.json',
              properties: { templateFile: 'Outer.template.json', stackTemplateAssetObjectUrl: `s3://bucket/${outer}.json` },
            },
          },
        },
        'Outer.metadata.json': {
          '/Outer/Middle': [{ type: 'aws:cdk:logicalId', data: 'Middle' }, warning],
          '/Outer/Other': [{ type: 'aws:cdk:logicalId', data: 'Other' }],
        },
        'Outer.assets.json': {
          files: {
            [inner]: { source: { path: 'Inner.nested.template.json' } },
            [outer]: { source: { path: 'Outer.template.json' } },
            [middle]: { source: { path: 'Middle.nested.template.json' } },
          },
        },
        'Outer.template.json': { Resources: { Middle: nested(middle) } },
        'Middle.nested.template.json': { Resources: { Inner: nested(inner) } },
        'Inner.nested.template.json': { Resources: { Alarm: alarm } },
      };
      await mkdir(join(folder, 'cdk.out'));
      for (const [file, content] of Object.entries(files)) await writeFile(join(folder, 'cdk.out', file), JSON.stringify(content));

      const { supplied, stacks, folder: adapted } = await adaptAssembly({ from: join(folder, 'cdk.out'), to: join(folder, 'adapted') });

      expect({ supplied, stacks }).toEqual({ supplied: { 'AWS::CloudWatch::Alarm': 1 }, stacks: ['Outer'] });
      const text = (file: string) => readFile(join(adapted, file), 'utf8');
      const { files: assets } = JSON.parse(await text('Outer.assets.json')) as { files: Record<string, { source: { path: string } }> };
      const texts = new Map(
        await Promise.all(Object.entries(assets).map(async ([hash, { source }]) => [hash, await text(source.path)] as const)),
      );
      expect([...texts].map(([, template]) => createHash('sha256').update(template).digest('hex'))).toEqual([...texts.keys()]);
      const hashes = [...texts.values()].flatMap((template) =>
        [...template.matchAll(/([0-9a-f]{64})\.json/g)].map(([, hash = '']) => hash),
      );
      expect(hashes.length).toBe(2);
      expect(hashes.filter((hash) => !texts.has(hash))).toEqual([]);
      expect(JSON.parse(await text('Outer.metadata.json'))).toEqual({ '/Outer/Middle': [warning] });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
