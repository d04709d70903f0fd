import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What AWS counts of one template. */
export interface CountedTemplate {
  /** The template's file, by which nested stacks are told from the others. */
  readonly file: string;
  readonly resources: number;
  readonly bytes: number;
  readonly parameters: number;
  /** On the default bus, which those of all stacks share. */
  readonly rulesOnDefaultBus: number;
  /** On each bus of its own. */
  readonly rulesOnOwnBuses: readonly number[];
  readonly insightsAlarms: number;
  /** Managed policies on the role that has most of them. */
  readonly managedPolicies: number;
  /** Characters of the largest managed policy, and of the role with the largest policies of its own, with the longest of Regions. */
  readonly managedCharacters: number;
  readonly inlineCharacters: number;
  /** Characters of the variables of the function with most of them. */
  readonly environment: number;
  /** Characters of the longest parameter of Parameter Store. */
  readonly storedParameter: number;
  /** Characters of the longest input template of a rule. */
  readonly inputTemplate: number;
  /** Characters of the largest resource policy of a function. */
  readonly functionPolicy: number;
  /** Where each policy of the pipeline stands: rules that carry one, by their names. */
  readonly policies: readonly string[];
}

interface Resource {
  readonly Type: string;
  // biome-ignore lint/suspicious/noExplicitAny: a template has no types, and what is counted are single values
  readonly Properties: any;
}

/** Every template of a cloud assembly, counted. */
export function countedTemplates(assembly: string): readonly CountedTemplate[] {
  return readdirSync(assembly)
    .filter((file) => file.endsWith('.template.json'))
    .toSorted()
    .map((file) => counted(file, readFileSync(join(assembly, file), 'utf8')));
}

function counted(file: string, text: string): CountedTemplate {
  const template = JSON.parse(text) as { readonly Resources: Readonly<Record<string, Resource>>; readonly Parameters?: object };
  const all = Object.values(template.Resources);
  const of = (type: string) => all.filter(({ Type }) => Type === type).map(({ Properties }) => Properties);
  const rules = of('AWS::Events::Rule');
  const managed = of('AWS::IAM::ManagedPolicy');
  return {
    file,
    resources: all.length,
    bytes: Buffer.byteLength(text),
    parameters: Object.keys(template.Parameters ?? {}).length,
    rulesOnDefaultBus: rules.filter(({ EventBusName }) => EventBusName === undefined).length,
    rulesOnOwnBuses: countsOf(rules.flatMap(({ EventBusName }) => (EventBusName === undefined ? [] : [EventBusName]))),
    insightsAlarms: of('AWS::CloudWatch::Alarm').filter(({ Metrics = [] }) => /"SELECT /.test(JSON.stringify(Metrics))).length,
    managedPolicies: Math.max(0, ...countsOf(managed.flatMap(({ Roles = [] }) => Roles))),
    managedCharacters: longest(managed.map(({ PolicyDocument }) => textOf(PolicyDocument))),
    inlineCharacters: longest(of('AWS::IAM::Policy').map(({ PolicyDocument }) => textOf(PolicyDocument))),
    environment: Math.max(0, ...of('AWS::Lambda::Function').map(({ Environment }) => variablesOf(Environment?.Variables ?? {}))),
    storedParameter: longest(of('AWS::SSM::Parameter').map(({ Value }) => textOf(Value))),
    inputTemplate: longest(
      rules.flatMap(({ Targets }) =>
        Targets.flatMap(({ InputTransformer }: { InputTransformer?: { InputTemplate: unknown } }) =>
          InputTransformer ? [textOf(InputTransformer.InputTemplate)] : [],
        ),
      ),
    ),
    functionPolicy: PERMISSION * Math.max(0, ...countsOf(of('AWS::Lambda::Permission').map(({ FunctionName }) => FunctionName))),
    policies: rules.flatMap(({ Name, Targets }) => (Targets.some((each: object) => 'InputTransformer' in each) ? [String(Name)] : [])),
  };
}

/** Characters of one statement of a function's resource policy, at most. */
const PERMISSION = 450;

/** Longer than what AWS puts in the place of most references. */
const REFERENCE = 'x'.repeat(100);

const pseudo: Readonly<Record<string, string>> = {
  'AWS::Partition': 'aws-us-gov',
  'AWS::Region': 'ap-southeast-10',
  'AWS::AccountId': '111122223333',
  'AWS::URLSuffix': 'amazonaws.com',
};

/** A value of the template as the text that it becomes at most, without white space. */
function textOf(value: unknown): string {
  const known = settled(value);
  return typeof known === 'string' ? known : JSON.stringify(known);
}

function settled(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(settled);
  if (typeof value !== 'object' || value === null) return value;
  const { Ref, 'Fn::Join': join, 'Fn::Sub': sub } = value as Readonly<Record<string, unknown>>;
  if (typeof Ref === 'string') return pseudo[Ref] ?? REFERENCE;
  if (Array.isArray(join)) return (join[1] as unknown[]).map((part) => String(settled(part))).join(String(join[0]));
  if (typeof sub === 'string') return sub.replaceAll(/\$\{([^}]+)\}/g, (_, name) => pseudo[name] ?? REFERENCE);
  const entries = Object.entries(value);
  if (entries.length === 1 && entries[0]?.[0].startsWith('Fn::')) return REFERENCE;
  return Object.fromEntries(entries.map(([key, each]) => [key, settled(each)]));
}

function variablesOf(variables: Readonly<Record<string, unknown>>): number {
  return Object.entries(variables).reduce((sum, [name, value]) => sum + name.length + textOf(settled(value)).length, 0);
}

/** How often each of the values is there; references to several things are several values. */
function countsOf(values: readonly unknown[]): readonly number[] {
  return [...Map.groupBy(values, (value) => JSON.stringify(value)).values()].map(({ length }) => length);
}

function longest(texts: readonly string[]): number {
  return Math.max(0, ...texts.map(({ length }) => length));
}
