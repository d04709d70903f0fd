import { Token } from 'aws-cdk-lib';
import { placeholder } from '../shortened.ts';

/** Longer than what AWS puts in the place of most references: an ARN of a secret, the name of an endpoint. */
export const REFERENCE_CHARACTERS = 120;

/** The longest name of a Region; a partition has at most ten characters, and an account twelve. */
const PLACE_CHARACTERS = 14;

/** A value of the template as text of about the length that it will have, where AWS counts that. */
export function deployedText(value: unknown): string {
  if (typeof value === 'string') return Token.isUnresolved(value) ? value.replaceAll(placeholder, 'x'.repeat(REFERENCE_CHARACTERS)) : value;
  if (typeof value !== 'object' || value === null) return String(value ?? '');
  const { 'Fn::Join': join, 'Fn::Sub': filled, Ref: reference } = value as Readonly<Record<string, unknown>>;
  if (typeof reference === 'string') return 'x'.repeat(charactersOf(reference));
  if (typeof filled === 'string') return filled.replaceAll(/\$\{([^}]+)\}/g, (_, name: string) => 'x'.repeat(charactersOf(name)));
  return Array.isArray(join) ? (join[1] as unknown[]).map(deployedText).join(String(join[0])) : 'x'.repeat(REFERENCE_CHARACTERS);
}

/** Characters of a value of the template as JSON without white space, which is what IAM and EventBridge count. */
export function deployedCharacters(value: unknown): number {
  return JSON.stringify(deployed(value)).length;
}

function deployed(value: unknown): unknown {
  if (typeof value === 'string' || isFilledIn(value)) return deployedText(value);
  if (Array.isArray(value)) return value.map(deployed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, deployed(each)]));
}

/** Whether CloudFormation puts something in its place. */
function isFilledIn(value: unknown): boolean {
  const [name = '', ...more] = typeof value === 'object' && value !== null ? Object.keys(value) : [];
  return more.length === 0 && (name === 'Ref' || name.startsWith('Fn::'));
}

/** Of what a name of the template stands for. */
function charactersOf(name: string): number {
  return name.startsWith('AWS::') ? PLACE_CHARACTERS : REFERENCE_CHARACTERS;
}
