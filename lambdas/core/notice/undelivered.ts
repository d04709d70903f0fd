import { fieldsOf } from '../fields.ts';
import { outsideText } from '../outside-text.ts';

/** What was not delivered, and what is known of why. */
export interface Undelivered {
  /** The rule or the function that should have delivered it. */
  readonly way: string;
  readonly why: string;
  /** The detail of the event, which is a notice. */
  readonly event: unknown;
}

/** What others said is not ours, and may be long. */
const LONGEST_TEXT = 500;

/**
 * Reads a message of the queue of what was not delivered. EventBridge writes the event into it, and beside it what went wrong; Lambda
 * writes what it knows around the event.
 */
export function undelivered(message: unknown): Undelivered {
  const { body, messageAttributes } = fieldsOf(message);
  const { detail, requestPayload, requestContext, responsePayload } = fieldsOf(parsed(body));
  const attribute = (name: string) => fieldsOf(fieldsOf(messageAttributes)[name]).stringValue;
  const byFunction = fieldsOf(requestContext);
  const way = lastPart(byFunction.functionArn ?? attribute('RULE_ARN'));
  const said = [fieldsOf(responsePayload).errorMessage, byFunction.condition, attribute('ERROR_CODE'), attribute('ERROR_MESSAGE')];
  const words = said.filter((each): each is string => typeof each === 'string' && each !== '');
  return {
    way,
    why: outsideText(words.length === 0 ? 'nothing is known of why' : words.join(': '), LONGEST_TEXT),
    event: detail ?? fieldsOf(requestPayload).detail,
  };
}

const UNNAMED = 'a rule of the bus';

/** The name at the end of an ARN; of a function without its version. */
function lastPart(arn: unknown): string {
  if (typeof arn !== 'string') return UNNAMED;
  const [, name = arn.replace(/.*[:/]/, '')] = /:function:([^:]+)/.exec(arn) ?? [];
  return name === '' ? UNNAMED : name;
}

function parsed(body: unknown): unknown {
  try {
    return JSON.parse(String(body));
  } catch {
    return undefined;
  }
}
