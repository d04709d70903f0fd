/** Takes the list apart again, at run time: `1000:ER_A ER_B` are the errors from number 1000 on. */
const READ = (list: string) => `
const errors = module.exports;
for (const part of ${JSON.stringify(list)}.split(';')) {
  const [first, names] = part.split(':');
  names.split(' ').forEach((name, index) => {
    errors[Number(first) + index] = name;
    errors[name] = Number(first) + index;
  });
}`;

/**
 * Writes the numbers of MySQL's errors and their names, two thousand each way, as one list.
 * @throws Error where the list says something else than the module
 */
export function compactErrorNames(driver: string): string {
  const known = exportsOf(driver);
  const numbers = Object.keys(known).map(Number).filter(Number.isInteger);
  const list = runsOf(numbers).map((run) => `${run[0]}:${run.map((number) => known[number]).join(' ')}`);
  const source = READ(list.join(';'));
  const all = (errors: object) => JSON.stringify(Object.entries(errors).toSorted());
  if (all(exportsOf(source)) !== all(known)) throw new Error('the driver names the errors of MySQL in another way than before');
  return source;
}

function exportsOf(source: string): Readonly<Record<string, string | number>> {
  const module = { exports: {} };
  new Function('module', 'exports', source)(module, module.exports);
  return module.exports;
}

/** Numbers that follow one another, together. They come in order, as the keys of every object do that are numbers. */
function runsOf(numbers: readonly number[]): readonly (readonly number[])[] {
  const runs: number[][] = [];
  for (const number of numbers) {
    const last = runs.at(-1);
    if (last?.at(-1) === number - 1) last.push(number);
    else runs.push([number]);
  }
  return runs;
}
