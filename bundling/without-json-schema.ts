const PROCESSOR = /^ +inst\._zod\.processJSONSchema = .*\n/gm;
const METHODS = /^import \{ (\w+), (\w+) \} from "\.\.\/core\/to-json-schema\.js";$/m;

/**
 * Takes out of zod's schemas what writes them as JSON Schema: a fifth of zod, and no function describes its schemas to anybody.
 * @throws Error where zod does it in another way
 */
export function withoutJsonSchema(source: string): string {
  if (!PROCESSOR.test(source) || !METHODS.test(source)) throw new Error('zod writes JSON Schema in another way than before');
  const refusing = "() => () => { throw new Error('the functions are bundled without JSON Schema'); }";
  return source.replaceAll(PROCESSOR, '').replace(METHODS, (_, one, other) => `const ${one} = ${refusing}, ${other} = ${one};`);
}
