import { NotEvaluated } from './not-evaluated.ts';

/** A Metrics Insights query, read. Names that begin with `tag.` mean a tag of the resource behind the dimensions. */
export interface InsightsQuery {
  readonly aggregation: InsightsFunction;
  readonly metricName: string;
  readonly namespace: string;
  /** With SCHEMA: exactly these dimension names. Without: any. */
  readonly schema?: readonly string[];
  readonly where: readonly { readonly key: string; readonly equal: boolean; readonly value: string }[];
  readonly groupBy: readonly string[];
  readonly orderBy?: { readonly aggregation: InsightsFunction; readonly descending: boolean };
  readonly limit?: number;
}

export type InsightsFunction = 'AVG' | 'SUM' | 'MIN' | 'MAX' | 'COUNT';

/** Whether an expression is a Metrics Insights query rather than metric math. */
export function isInsightsQuery(expression: string): boolean {
  return /^\s*SELECT\b/i.test(expression);
}

/** Double quotes and bare words are names, single quotes are values. */
type Token = { readonly kind: 'word' | 'name' | 'value' | 'sign'; readonly text: string };

const TOKEN = /\s*(?:"(?<name>[^"]*)"|'(?<value>[^']*)'|(?<sign>!=|[(),=])|(?<word>[A-Za-z_][\w.:-]*|\d+))/y;

/** Reads a query. Throws `NotEvaluated` that names what it does not know. */
export function parseInsightsQuery(text: string): InsightsQuery {
  return new QueryReader(tokensOf(text), text).query();
}

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  const pattern = new RegExp(TOKEN);
  const end = text.trimEnd().length;
  while (pattern.lastIndex < end) {
    const at = pattern.lastIndex;
    const groups = pattern.exec(text)?.groups;
    const found = Object.entries(groups ?? {}).find(([, value]) => value !== undefined);
    if (!found) throw new NotEvaluated(`Metrics Insights query cannot be read at "${text.slice(at, at + 20)}"`);
    tokens.push({ kind: found[0] as Token['kind'], text: found[1] ?? '' });
  }
  return tokens;
}

class QueryReader {
  readonly #tokens: Token[];
  readonly #text: string;

  constructor(tokens: Token[], text: string) {
    this.#tokens = tokens;
    this.#text = text;
  }

  query(): InsightsQuery {
    this.#expect('SELECT');
    const aggregation = this.#aggregation();
    this.#expect('(');
    const metricName = this.#name();
    this.#expect(')');
    this.#expect('FROM');
    const source = this.#take('SCHEMA') ? this.#schema() : { namespace: this.#name() };
    const where = this.#take('WHERE') ? this.#conditions() : [];
    const groupBy = this.#take('GROUP') ? this.#groups() : [];
    const order = this.#take('ORDER') ? { orderBy: this.#order() } : {};
    const limit = this.#take('LIMIT') ? { limit: Number(this.#next().text) } : {};
    const rest = this.#tokens[0];
    if (rest) this.#refuse(rest);
    return { aggregation, metricName, ...source, where, groupBy, ...order, ...limit };
  }

  #schema(): { namespace: string; schema: string[] } {
    this.#expect('(');
    const [namespace = '', ...schema] = this.#names();
    this.#expect(')');
    return { namespace, schema };
  }

  #conditions(): InsightsQuery['where'] {
    const conditions: { key: string; equal: boolean; value: string }[] = [];
    do {
      const key = this.#name();
      const sign = this.#next();
      if (sign.text !== '=' && sign.text !== '!=') this.#refuse(sign);
      conditions.push({ key, equal: sign.text === '=', value: this.#next().text });
    } while (this.#take('AND'));
    return conditions;
  }

  #groups(): string[] {
    this.#expect('BY');
    return this.#names();
  }

  #order(): NonNullable<InsightsQuery['orderBy']> {
    this.#expect('BY');
    const aggregation = this.#aggregation();
    this.#expect('(');
    this.#expect(')');
    const descending = this.#take('DESC');
    if (!descending) this.#take('ASC');
    return { aggregation, descending };
  }

  #aggregation(): InsightsFunction {
    const token = this.#next();
    const name = token.text.toUpperCase();
    if (name === 'AVG' || name === 'SUM' || name === 'MIN' || name === 'MAX' || name === 'COUNT') return name;
    return this.#refuse(token);
  }

  #names(): string[] {
    const names = [this.#name()];
    while (this.#take(',')) names.push(this.#name());
    return names;
  }

  #name(): string {
    const token = this.#next();
    if (token.kind === 'sign' || token.kind === 'value') return this.#refuse(token);
    // A tag key with unusual characters is quoted by itself: tag."team:owner".
    return token.text === 'tag.' ? `tag.${this.#name()}` : token.text;
  }

  #next(): Token {
    return this.#tokens.shift() ?? this.#refuse({ kind: 'sign', text: 'end of query' });
  }

  #take(keyword: string): boolean {
    const token = this.#tokens[0];
    if (!token || token.kind === 'name' || token.kind === 'value' || token.text.toUpperCase() !== keyword) return false;
    this.#tokens.shift();
    return true;
  }

  #expect(keyword: string): void {
    if (!this.#take(keyword)) this.#refuse(this.#tokens[0] ?? { kind: 'sign', text: 'end of query' });
  }

  #refuse(token: Token): never {
    throw new NotEvaluated(`Metrics Insights: "${token.text}" is not supported here: ${this.#text}`);
  }
}
