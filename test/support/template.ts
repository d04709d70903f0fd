import { Template } from 'aws-cdk-lib/assertions';
import { CompleteStack } from '../../docs/examples/complete-stack.ts';
import { defaultStack, unbundledApp } from './default-stack.ts';

/** A resource of a template, its properties unread. */
export interface Resource {
  readonly Type: string;
  // biome-ignore lint/suspicious/noExplicitAny: a template has no types, and assertions look at single values
  readonly Properties: any;
  readonly DeletionPolicy?: string;
}

let template: Template | undefined;

/** The template of the default stack with everything in it; made once a file. */
export function defaultTemplate(): Template {
  template ??= Template.fromStack(defaultStack());
  return template;
}

let complete: Template | undefined;

/** The template of the example that uses every symptom and every remedy; made once a file. */
export function completeTemplate(): Template {
  complete ??= Template.fromStack(new CompleteStack(unbundledApp(), 'Complete'));
  return complete;
}

/** The resources of a type, by logical id. */
export function resources(type: string, of: Template = defaultTemplate()): ReadonlyMap<string, Resource> {
  return new Map(Object.entries(of.findResources(type)) as [string, Resource][]);
}

/** The one resource of a type. */
export function onlyResource(type: string, of?: Template): Resource {
  const [found, ...more] = resources(type, of).values();
  if (!found || more.length > 0) throw new Error(`${more.length + (found ? 1 : 0)} resources of type ${type} instead of one`);
  return found;
}

/** An IAM statement with lists only, and its resources as text. */
export interface Statement {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly conditions?: unknown;
}

/** What a role may do, by the beginning of its logical id. */
export function statementsOf(role: string, of?: Template): readonly Statement[] {
  return statementsIn([...resources('AWS::IAM::Policy', of)].filter(([id]) => id.startsWith(role)).map(([, policy]) => policy));
}

/** What people may do who have the pipeline's managed policies. */
export function statementsOfPeople(of?: Template): readonly Statement[] {
  return statementsIn([...resources('AWS::IAM::ManagedPolicy', of).values()]);
}

function statementsIn(policies: readonly Resource[]): readonly Statement[] {
  return policies
    .flatMap(({ Properties }) => Properties.PolicyDocument.Statement)
    .map(({ Action, Resource, Condition }) => ({
      actions: [Action].flat(),
      resources: [Resource].flat().map(inText),
      ...(Condition && { conditions: Condition }),
    }));
}

/** A template value as text: references as `${LogicalId}`. */
export function inText(value: unknown): string {
  if (typeof value === 'string') return value;
  const {
    Ref,
    'Fn::GetAtt': attribute,
    'Fn::Join': join,
    'Fn::Sub': text,
  } = value as { Ref?: string; 'Fn::GetAtt'?: string[]; 'Fn::Join'?: [string, unknown[]]; 'Fn::Sub'?: string };
  if (text !== undefined) return text;
  if (join) return join[1].map(inText).join(join[0]);
  return `\${${Ref ?? attribute?.join('.')}}`;
}

/** The policy that a rule carries; whatever the event fills in is null. */
// biome-ignore lint/suspicious/noExplicitAny: a template has no types, and assertions look at single values
export function policyIn(of: Template, ruleName: string): any {
  const rule = [...resources('AWS::Events::Rule', of).values()].find(({ Properties }) => Properties.Name === ruleName);
  if (!rule) throw new Error(`there is no rule ${ruleName}`);
  return JSON.parse(inText(rule.Properties.Targets[0].InputTransformer.InputTemplate).replaceAll(/<[^<>]+>/g, 'null')).policy;
}
