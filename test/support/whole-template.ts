import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

interface Nested {
  readonly Type: string;
  readonly Properties: { readonly Parameters?: Readonly<Record<string, Json>> };
}

interface Part {
  readonly Resources: Readonly<Record<string, Json>>;
  readonly Outputs?: Readonly<Record<string, { readonly Value: Json }>>;
}

/**
 * A stack with its nested stacks as one template: what one of them is given by the other, as a parameter or an output, stands in the place
 * of the reference. No logical id is in two of them, since each has the path of its stack in it.
 */
export function wholeTemplate(app: App, stack: Stack): Template {
  const { directory } = app.synth();
  const read = (file: string) => JSON.parse(readFileSync(join(directory, file), 'utf8'));
  const root = read(stack.templateFile) as Part;
  const { files } = read(`${stack.artifactId}.assets.json`) as { files: Record<string, { source: { path?: string } }> };
  const outputs = new Map<string, Json>();
  const nested = Object.entries(root.Resources).flatMap(([id, resource]) => {
    const { Type, Properties } = resource as unknown as Nested;
    if (Type !== 'AWS::CloudFormation::Stack') return [];
    const hash = /([0-9a-f]{64})\.json/.exec(JSON.stringify(Properties))?.[1] ?? '';
    const part = given(read(files[hash]?.source.path ?? ''), Properties.Parameters ?? {});
    for (const [name, { Value }] of Object.entries(part.Outputs ?? {})) outputs.set(`${id}.Outputs.${name}`, Value);
    return Object.entries(part.Resources);
  });
  const resources = Object.fromEntries([...Object.entries(root.Resources), ...nested]);
  const whole = replaced(resources, ({ 'Fn::GetAtt': attribute }) =>
    Array.isArray(attribute) ? outputs.get(attribute.join('.')) : undefined,
  );
  return Template.fromJSON({ ...root, Resources: whole });
}

function given(part: Part, parameters: Readonly<Record<string, Json>>): Part {
  return replaced(part as unknown as Json, ({ Ref }) => (typeof Ref === 'string' ? parameters[Ref] : undefined)) as unknown as Part;
}

function replaced(value: Json, instead: (record: { readonly [key: string]: Json }) => Json | undefined): Json {
  if (Array.isArray(value)) return value.map((each) => replaced(each, instead));
  if (typeof value !== 'object' || value === null) return value;
  const record = value as { readonly [key: string]: Json };
  return instead(record) ?? Object.fromEntries(Object.entries(record).map(([key, each]) => [key, replaced(each, instead)]));
}
