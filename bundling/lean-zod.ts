const PROCESSOR = /^ +inst\._zod\.processJSONSchema = .*;\n/gm;
const GENERATOR = /^import \{ createStandardJSONSchemaMethod, createToJSONSchemaMethod \} from "\.\.\/core\/to-json-schema\.js";$/m;

const NO_GENERATOR = `
const withoutJsonSchema = () => { throw new Error('the functions are bundled without JSON Schema'); };
const createStandardJSONSchemaMethod = withoutJsonSchema;
const createToJSONSchemaMethod = withoutJsonSchema;`;

/** A method of a kind of schema, as zod writes them: `    optional() {`, `    parse: function _parse(data, params) {`. */
const METHOD = /^ {4}(?:async )?(\w+)(?:\(|: (?:async )?function \w+\().*\{\n(?: {8}.*\n)*? {4}\},\n/gm;

/** Not of what zod and its parts export: `z.email()` is no method of a schema. */
const CALLED = /(?<!\b(?:z|core|util|checks|parse|processors|regexes))\.(\w+)\(/g;

/** The names by which sources call methods, whatever they are methods of. */
export function calledIn(sources: Iterable<string>): ReadonlySet<string> {
  return new Set([...sources].flatMap((source) => [...source.matchAll(CALLED)].map(([, name = '']) => name)));
}

/**
 * Takes out of zod's schemas what each kind of them brings along: what writes it as JSON Schema, which no function does, and methods of a
 * name that is called nowhere, each with the schemas that it makes.
 * @throws Error where zod brings them along in another way
 */
export function leanZod(source: string, called: ReadonlySet<string>): string {
  const withoutProcessors = source.replaceAll(PROCESSOR, '');
  const schemas = withoutProcessors.replaceAll(METHOD, (method, name: string) => (called.has(name) ? method : ''));
  if (withoutProcessors === source || schemas === withoutProcessors || !GENERATOR.test(source))
    throw new Error('zod brings JSON Schema or methods along in another way than before');
  return schemas.replace(GENERATOR, NO_GENERATOR);
}
