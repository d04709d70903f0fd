import type { Condition } from '../../../lambdas/adapters/dynamodb/incident-table.ts';

type Item = Readonly<Record<string, unknown>>;

const TOKEN = /\s*(attribute_(?:not_)?exists|AND|OR|<=|>=|<>|[()=<>]|[#:]?[\w.#-]+)/y;

/**
 * Whether an item, or its absence, fulfils a condition of DynamoDB, as far as the pipeline uses their language: comparisons, the existence
 * of attributes, AND, OR and brackets.
 *
 * @throws for what is none of these
 */
export function isFulfilled(condition: Condition, item: Item | undefined): boolean {
  const tokens = tokensOf(condition.ConditionExpression);
  const answer = either(tokens, { ...condition, item });
  if (tokens.length > 0) throw new Error(`not understood: ${tokens.join(' ')} of ${condition.ConditionExpression}`);
  return answer;
}

type Given = Condition & { readonly item: Item | undefined };

function tokensOf(text: string): string[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.trimEnd().length) {
    const [, token] = TOKEN.exec(text) ?? [];
    if (token === undefined) throw new Error(`not understood: ${text}`);
    tokens.push(token);
  }
  return tokens;
}

function either(tokens: string[], given: Given): boolean {
  let answer = both(tokens, given);
  while (tokens[0] === 'OR') {
    tokens.shift();
    // Read whatever the left side says, so that nothing of the expression is left.
    const right = both(tokens, given);
    answer ||= right;
  }
  return answer;
}

function both(tokens: string[], given: Given): boolean {
  let answer = term(tokens, given);
  while (tokens[0] === 'AND') {
    tokens.shift();
    const right = term(tokens, given);
    answer &&= right;
  }
  return answer;
}

function term(tokens: string[], given: Given): boolean {
  const token = tokens.shift();
  if (token === '(') {
    const answer = either(tokens, given);
    tokens.shift();
    return answer;
  }
  if (token === 'attribute_exists' || token === 'attribute_not_exists') {
    const [, path = ''] = tokens.splice(0, 3);
    return (attributeOf(path, given) === undefined) === (token === 'attribute_not_exists');
  }
  const [operator = '', right = ''] = tokens.splice(0, 2);
  return compare(attributeOf(token ?? '', given), operator, attributeOf(right, given));
}

/** An attribute that is not there is neither equal to anything nor before or after it. */
function compare(left: unknown, operator: string, right: unknown): boolean {
  if (left === undefined || right === undefined) return false;
  const [one, other] = [left, right] as [number, number];
  if (operator === '=') return one === other;
  if (operator === '<>') return one !== other;
  if (operator === '<') return one < other;
  if (operator === '<=') return one <= other;
  if (operator === '>') return one > other;
  if (operator === '>=') return one >= other;
  throw new Error(`no comparison: ${operator}`);
}

function attributeOf(path: string, { item, ExpressionAttributeNames = {}, ExpressionAttributeValues = {} }: Given): unknown {
  if (path.startsWith(':')) return ExpressionAttributeValues[path];
  // A placeholder that the condition does not explain is explained by the update beside it, as its own name.
  return path
    .split('.')
    .map((name) => ExpressionAttributeNames[name] ?? name.replace('#', ''))
    .reduce<unknown>((value, name) => (value as Item | undefined)?.[name], item);
}
