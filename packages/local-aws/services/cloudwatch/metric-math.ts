import jsep from 'jsep';
import { callFunction } from './metric-math-functions.ts';
import { type MathValue, scalar, zip } from './metric-math-value.ts';
import { NotEvaluated } from './not-evaluated.ts';

// CloudWatch's own operators: `^` is a power (right-associative), AND and OR are words or symbols.
jsep.addBinaryOp('^', 11, true);
jsep.addBinaryOp('AND', 2);
jsep.addBinaryOp('OR', 1);

const OPERATORS: Readonly<Record<string, (left: number, right: number) => number | undefined>> = {
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
  // A division by zero gives no datapoint, as on AWS.
  '/': (left, right) => (right === 0 ? undefined : left / right),
  '^': (left, right) => left ** right,
  '<': (left, right) => Number(left < right),
  '<=': (left, right) => Number(left <= right),
  '>': (left, right) => Number(left > right),
  '>=': (left, right) => Number(left >= right),
  '==': (left, right) => Number(left === right),
  '!=': (left, right) => Number(left !== right),
  AND: (left, right) => Number(left !== 0 && right !== 0),
  '&&': (left, right) => Number(left !== 0 && right !== 0),
  OR: (left, right) => Number(left !== 0 || right !== 0),
  '||': (left, right) => Number(left !== 0 || right !== 0),
};

/** Gives the value of another query of the same request by its id. */
export interface MathScope {
  readonly slots: number;
  resolve(id: string): MathValue;
  /** Values of all `MetricStat` queries whose id holds the text; what `METRICS()` and `METRICS("text")` stand for. */
  metrics(containing: string): readonly MathValue[];
}

/** Computes a metric math expression. Throws `NotEvaluated` with the unsupported part by name. */
export function evaluateMath(expression: string, scope: MathScope): MathValue {
  return evaluateNode(parse(expression), scope);
}

/** Ids of other queries that an expression reads. */
export function referencedIds(expression: string): string[] {
  const ids: string[] = [];
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) node.forEach(visit);
    else if (isNode(node)) {
      if (node.type === 'Identifier') ids.push(String(node.name));
      for (const [key, child] of Object.entries(node)) if (key !== 'callee') visit(child);
    }
  };
  visit(parse(expression));
  return ids;
}

function isNode(value: unknown): value is jsep.Expression {
  return typeof value === 'object' && value !== null && 'type' in value;
}

function parse(expression: string): jsep.Expression {
  try {
    return jsep(expression);
  } catch (error) {
    throw new NotEvaluated(`metric math cannot be read: ${expression}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function evaluateNode(expression: jsep.Expression, scope: MathScope): MathValue {
  const node = expression as jsep.CoreExpression;
  switch (node.type) {
    case 'Literal':
      if (typeof node.value === 'number') return scalar(node.value);
      throw new NotEvaluated(`metric math: ${node.raw} is not a number`);
    case 'Identifier':
      return scope.resolve(node.name);
    case 'UnaryExpression':
      return evaluateUnary(node, scope);
    case 'BinaryExpression':
      return zip([evaluateNode(node.left, scope), evaluateNode(node.right, scope)], operator(node.operator));
    case 'ArrayExpression':
      return arrayOf(node.elements.map((element) => (element ? evaluateNode(element, scope) : scalar(Number.NaN))));
    case 'CallExpression':
      return evaluateCall(node, scope);
    default:
      throw new NotEvaluated(`metric math: ${node.type} is not supported`);
  }
}

function operator(sign: string): (left: number, right: number) => number | undefined {
  const found = OPERATORS[sign];
  if (!found) throw new NotEvaluated(`metric math: operator ${sign} is not supported`);
  return found;
}

function evaluateUnary(node: jsep.UnaryExpression, scope: MathScope): MathValue {
  const value = evaluateNode(node.argument, scope);
  if (node.operator === '-') return zip([value], (number) => -number);
  if (node.operator === '+') return value;
  throw new NotEvaluated(`metric math: operator ${node.operator} is not supported`);
}

function evaluateCall(node: jsep.CallExpression, scope: MathScope): MathValue {
  const callee = node.callee as jsep.CoreExpression;
  if (callee.type !== 'Identifier') throw new NotEvaluated(`metric math: ${callee.type} cannot be called`);
  const name = callee.name.toUpperCase();
  if (name === 'METRICS') return arrayOf(scope.metrics(textArgument(node.arguments[0])));
  if (name === 'FILL' && isWord(node.arguments[1], 'REPEAT')) return callFunction('FILL_REPEAT', argumentsOf(node, scope, 1), scope.slots);
  if (name === 'FILL' && isWord(node.arguments[1], 'LINEAR')) throw new NotEvaluated('metric math: FILL(..., LINEAR) is not supported');
  return callFunction(name, argumentsOf(node, scope), scope.slots);
}

function argumentsOf(node: jsep.CallExpression, scope: MathScope, count = node.arguments.length): MathValue[] {
  return node.arguments.slice(0, count).map((argument) => evaluateNode(argument, scope));
}

function isWord(expression: jsep.Expression | undefined, word: string): boolean {
  return expression?.type === 'Identifier' && expression.name === word;
}

function textArgument(expression: jsep.Expression | undefined): string {
  return expression?.type === 'Literal' ? String(expression.value) : '';
}

function arrayOf(values: readonly MathValue[]): MathValue {
  return { kind: 'series', array: true, series: values.flatMap((value) => (value.kind === 'series' ? value.series : [])) };
}
