/** Prints the synthesized stack as JSON, for a process that is not to carry the CDK. */
import { synthesizedStack } from './synthesized-stack.ts';

const { functions, ...others } = synthesizedStack();
process.stdout.write(JSON.stringify({ ...others, functions: [...functions] }));
