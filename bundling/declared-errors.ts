const REGISTRATION = /^n0_registry\.registerError\((\w+)\$, \1\);\n/gm;
const ERROR_SCHEMA = /^export var (\w+)\$ = \[-3, n0,/gm;
const CLASSES = /^import \{[^}]+\} from "\.\.\/models\/errors";\n/m;
const REGISTRY = /^const n0_registry = /m;

/** A file of schemas without the registration of its errors, and what it registered. */
export interface WithoutErrors {
  readonly source: string;
  readonly errors: readonly string[];
}

/**
 * Takes the registrations of errors out of a file of schemas. They keep every error of a service in the bundle, though a command answers
 * with few of them. `withDeclaredErrors` puts those few to their commands.
 * @throws Error where the SDK's generator registers errors in another way
 */
export function withoutErrors(source: string): WithoutErrors {
  const errors = [...source.matchAll(REGISTRATION)].map(([, name = '']) => name);
  const schemas = [...source.matchAll(ERROR_SCHEMA)].map(([, name = '']) => name);
  const strange = schemas.filter((name) => !errors.includes(name));
  if (strange.length > 0) throw new Error(`the SDK registers ${strange.join(', ')} in another way than before`);
  if (errors.length === 0) return { source, errors };
  if (!CLASSES.test(source) || !REGISTRY.test(source)) throw new Error('the SDK names the classes of errors in another way than before');
  return { source: source.replaceAll(REGISTRATION, '').replace(CLASSES, '').replace(REGISTRY, 'export $&'), errors };
}

const THROWS = /@throws \{@link (\w+)\}/g;

/**
 * Registers with a command the errors that its declaration says it throws. What a service answers beyond that is an error of the service's
 * base class with the name that it says, as it is for every error that the SDK does not know.
 * @throws Error for a declaration that says of no error
 */
export function withDeclaredErrors(command: string, declaration: string, errors: readonly string[]): string {
  const thrown = new Set([...declaration.matchAll(THROWS)].map(([, name = '']) => name));
  // Every one says at least the service's base class.
  if (thrown.size === 0) throw new Error('the SDK says of a command in another way than before which errors it throws');
  const declared = errors.filter((name) => thrown.has(name));
  if (declared.length === 0) return command;
  return [
    command,
    `import { n0_registry as registry, ${declared.map((name) => `${name}$`).join(', ')} } from "../schemas/schemas_0";`,
    `import { ${declared.join(', ')} } from "../models/errors";`,
    ...declared.map((name) => `registry.registerError(${name}$, ${name});`),
    '',
  ].join('\n');
}
