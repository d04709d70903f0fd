const PROCESSOR = /^ +inst\._zod\.processJSONSchema = .*;\n/gm;
const GENERATOR = /^import \{ createStandardJSONSchemaMethod, createToJSONSchemaMethod \} from "\.\.\/core\/to-json-schema\.js";$/m;

const NO_GENERATOR = `
const withoutJsonSchema = () => { throw new Error('the functions are bundled without JSON Schema'); };
const createStandardJSONSchemaMethod = withoutJsonSchema;
const createToJSONSchemaMethod = withoutJsonSchema;`;

/**
 * Takes out of zod's schemas what writes them as JSON Schema, which each kind of schema brings along. No function writes any.
 * @throws Error where zod brings it along in another way
 */
export function withoutJsonSchema(source: string): string {
  const schemas = source.replaceAll(PROCESSOR, '');
  if (schemas === source || !GENERATOR.test(source)) throw new Error('zod brings JSON Schema along in another way than before');
  return schemas.replace(GENERATOR, NO_GENERATOR);
}
