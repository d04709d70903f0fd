#!/usr/bin/env node
/** `self-healing-pipeline <command>`: what operators do with a deployed pipeline. It acts on no target itself. */
import { endsWithItsReader } from './heal/pipe.ts';
import { program } from './heal/program.ts';

endsWithItsReader(process.stdout, () => process.exit(0));
const whole = program(process.argv.slice(2));
// What the arguments have wrong is another exit code than what could not be done.
for (const each of [whole, ...whole.commands]) each.exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2));
await whole.parseAsync();
