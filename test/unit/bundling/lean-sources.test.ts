import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compactErrorNames } from '../../../bundling/compact-error-names.ts';
import { withDeclaredErrors, withoutErrors } from '../../../bundling/declared-errors.ts';
import { calledIn, leanZod } from '../../../bundling/lean-zod.ts';
import { withLiteralKeys } from '../../../bundling/literal-keys.ts';
import { onlyUsedCommands, usedCommands } from '../../../bundling/only-used-commands.ts';

const root = join(import.meta.dirname, '../../..');

describe('the keys of schemas', () => {
  it('become literals where a constant says them', () => {
    const source =
      'const _xN = "xmlName";\nconst _e = "error";\nvar A$ = [3, n0, _A, { [_e]: [`A`, 400], [_xN]: _xN }, [_xN], [[0, { [_xN]: "b" }]]];\n';
    expect(withLiteralKeys(source)).toBe(
      'const _xN = "xmlName";\nconst _e = "error";\nvar A$ = [3, n0, _A, { "error": [`A`, 400], "xmlName": _xN }, [_xN], [[0, { "xmlName": "b" }]]];\n',
    );
  });

  it('may not be computed by anything else', () => {
    expect(() => withLiteralKeys('var A$ = [3, n0, _A, { [_xN]: 1 }];')).toThrow('computes the key [_xN]');
  });
});

const schemas = `import { TypeRegistry } from "@smithy/core/schema";
import { BusyException, GoneException } from "../models/errors";
const _s_registry = new TypeRegistry(_s);
export var PlainServiceException$ = [-3, _s, "PlainServiceException", 0, [], []];
_s_registry.registerError(PlainServiceException$, PlainServiceException);
const n0_registry = new TypeRegistry(n0);
export var BusyException$ = [-3, n0, _BE, 0, [], []];
n0_registry.registerError(BusyException$, BusyException);
export var GoneException$ = [-3, n0, _GE, 0, [], []];
n0_registry.registerError(GoneException$, GoneException);
export const errorTypeRegistries = [
`;

describe('the errors of a service', () => {
  it('are not registered with its schemas, but for the base of all', () => {
    const { source, errors } = withoutErrors(schemas);
    expect(errors).toEqual(['BusyException', 'GoneException']);
    expect(source).toContain('export const n0_registry =');
    expect(source).toContain('_s_registry.registerError(PlainServiceException$, PlainServiceException);');
    expect(source).not.toMatch(/n0_registry\.registerError|models\/errors/);
  });

  it.each([
    ['registered in another way', schemas.replace('n0_registry.registerError(GoneException$, GoneException)', 'register(GoneException$)')],
    ['named in another way', schemas.replace('../models/errors', '../errors')],
    ['kept in another registry', schemas.replace('const n0_registry', 'let n0_registry')],
  ])('are refused when they are %s', (_, changed) => {
    expect(() => withoutErrors(changed)).toThrow('another way than before');
  });

  it('are registered with the commands that throw them', () => {
    const declaration = '* @throws {@link GoneException} (client fault)\n* @throws {@link PlainServiceException}\n';
    expect(withDeclaredErrors('export class A {}\n', declaration, ['BusyException', 'GoneException'])).toBe(`export class A {}

import { n0_registry as registry, GoneException$ } from "../schemas/schemas_0";
import { GoneException } from "../models/errors";
registry.registerError(GoneException$, GoneException);
`);
  });

  it('leave a command alone that throws none of its own, and refuse one that says nothing of errors', () => {
    const declaration = '* @throws {@link PlainServiceException}\n';
    expect(withDeclaredErrors('export class A {}\n', declaration, ['BusyException'])).toBe('export class A {}\n');
    expect(() => withDeclaredErrors('export class A {}\n', '', ['BusyException'])).toThrow('another way than before');
  });
});

const zod = `import { createStandardJSONSchemaMethod, createToJSONSchemaMethod } from "../core/to-json-schema.js";
export const ZodNull = core.$constructor("ZodNull", (inst, def) => {
    inst._zod.processJSONSchema = (ctx, json, params) => processors.nullProcessor(inst, ctx, json, params);
});
export const ZodString = core.$constructor("ZodString", (inst, def) => {
    _ZodString.init(inst, def);
}, {
    email(params) {
        return this.check(core._email(ZodEmail, params));
    },
    date(params) {
        return this.check(core._isoDate(ZodISODate, params));
    },
});
`;

describe('the schemas of zod', () => {
  const called = calledIn(["z.email(); text.min(3)?.date('no'); now.\n  pipe(1)", 'const date = core.jwt(ZodJWT, params);']);

  it('are not written as JSON Schema', () => {
    const lean = leanZod(zod, called);
    expect(lean).toContain('core.$constructor("ZodNull"');
    expect(lean).toContain('const createToJSONSchemaMethod = withoutJsonSchema;');
    expect(lean).not.toMatch(/processJSONSchema|to-json-schema\.js/);
  });

  it('have no methods of a name that is called nowhere', () => {
    expect([...called]).toEqual(['min', 'date']);
    const lean = leanZod(zod, called);
    expect(lean).toContain('_ZodString.init(inst, def);\n}, {\n    date(params) {\n');
    expect(lean).not.toContain('ZodEmail');
  });

  it.each([
    ['write themselves', zod.replace('inst._zod.processJSONSchema', 'inst._zod.toJSONSchema')],
    ['are written', zod.replace('"../core/to-json-schema.js"', '"../core/json.js"')],
    ['have methods', zod.replace('    email(params) {', '    email: (params) => {')],
  ])('are refused when they %s in another way', (_, changed) => {
    expect(() => leanZod(changed, called)).toThrow('another way than before');
  });
});

const index = `export * from "./EC2Client";
export * from "./EC2";
export * from "./commands";
export { Command as $Command } from "@smithy/core/client";
export * from "./pagination";
export * from "./schemas/schemas_0";
export * from "./models/errors";
`;

describe('the exports of a client', () => {
  it('are read with the commands that the adapters take', () => {
    expect(usedCommands(root).get('@aws-sdk/client-ec2')).toContain('DescribeInstancesCommand');
    expect(onlyUsedCommands(index, new Set(['DescribeInstancesCommand']))).toBe(`export * from "./EC2Client";
export { Command as $Command } from "@smithy/core/client";
export * from "./models/errors";
export { DescribeInstancesCommand } from "./commands/DescribeInstancesCommand";
`);
  });

  it.each([
    ['its commands', index.replace('"./commands"', '"./operations"')],
    ['itself', index.replace('"./EC2Client"', '"./client"')],
  ])('are refused where the client lists %s in another way', (_, changed) => {
    expect(() => onlyUsedCommands(changed, new Set())).toThrow('another way than before');
  });
});

describe('the names of the errors of MySQL', () => {
  it('are the same as the driver has, in half the room', () => {
    const path = createRequire(import.meta.url)
      .resolve('mysql2')
      .replace(/index\.js$/, 'lib/constants/errors.js');
    const driver = readFileSync(path, 'utf8');
    const compact = compactErrorNames(driver);
    const module = { exports: {} as Record<string, unknown> };
    new Function('module', compact)(module);
    expect(module.exports[1040]).toBe('ER_CON_COUNT_ERROR');
    expect(module.exports.ER_CON_COUNT_ERROR).toBe(1040);
    expect(compact.length).toBeLessThan(driver.length / 2);
  });
});
