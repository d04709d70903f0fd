import { DynamoDBClient, QueryCommand, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import { openSharedAws, type SharedAws } from '@self-healing/local-aws/testing/shared-aws.ts';
import { MINUTE } from '@self-healing/simulation/builders.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { approvals } from '../../lambdas/adapters/dynamodb/approvals.ts';
import { incidentTable } from '../../lambdas/adapters/dynamodb/incident-table.ts';
import { verdictOn } from '../../lambdas/core/approval.ts';
import { answerRunbookContent } from '../../lib/constructs/answer-runbook.ts';
import { newTableName } from '../support/incident-tables.ts';
import { aQuestion } from '../support/link-desk.ts';

let aws: SharedAws;
let client: DynamoDBClient;
beforeAll(async () => {
  aws = await openSharedAws();
  client = new DynamoDBClient(aws.client);
});
afterAll(() => aws.close());

let tableName: string;
let woken: string[];
beforeEach(async () => {
  tableName = await newTableName(aws);
  woken = [];
});

const table = () => approvals(incidentTable(tableName, client));

interface Step {
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly outputs?: readonly { readonly Name: string; readonly Selector: string }[];
}

/**
 * Runs the runbook as Automation is documented to: fills in parameters and outputs, sends what each step says, ends at a step that has not
 * what it should put out. Systems Manager itself is not here, and neither is IAM.
 */
async function run(given: Readonly<Record<string, string>>, caller: { readonly UserId: string; readonly Arn: string }): Promise<void> {
  const values = new Map(Object.entries({ Reason: '', 'global:DATE_TIME': '2026-11-01_00.01.00', ...given }));
  const send = (api: string, input: object): Promise<unknown> => {
    switch (api) {
      case 'Query':
        return client.send(new QueryCommand(input as never));
      case 'GetCallerIdentity':
        return Promise.resolve(caller);
      case 'TransactWriteItems':
        return client.send(new TransactWriteItemsCommand(input as never));
      case 'SendTaskSuccess':
        woken.push(JSON.stringify(input));
        return Promise.resolve({});
      default:
        throw new Error(`the runbook sends ${api}`);
    }
  };
  for (const { name, inputs, outputs = [] } of answerRunbookContent('healing', tableName).mainSteps as readonly Step[]) {
    const filled = JSON.stringify(inputs).replace(/\{\{ ([\w.:]+) \}\}/g, (_, key: string) => {
      const value = values.get(key);
      if (value === undefined) throw new Error(`${name}: nothing says what ${key} is`);
      return JSON.stringify(value).slice(1, -1);
    });
    const { Service: _, Api, ...input } = JSON.parse(filled) as { readonly Service: string; readonly Api: string };
    const answer = await send(Api, input);
    for (const { Name, Selector } of outputs) {
      const path = Selector.slice('$.'.length).split(/[.[\]]+/);
      const found = path.reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], answer);
      if (typeof found !== 'string') throw new Error(`${name}: there is no ${Selector}`);
      values.set(`${name}.${Name}`, found);
    }
  }
}

const annaAtAws = { UserId: 'AROAEXAMPLE:anna', Arn: 'arn:aws:sts::000000000000:assumed-role/OnCall/anna' };
/** A minute before the time at which the runbook is run. */
const question = aQuestion({ askedAt: Date.parse('2026-11-01T00:00:00Z'), until: Date.parse('2026-11-01T00:15:00Z') });
const later = question.askedAt + 2 * MINUTE;

describe('the runbook', () => {
  it('writes the vote of whoever runs it under their own id, which counts, and wakes the workflow', async () => {
    await table().ask(question, 'the-token');
    await run({ Question: question.id, Answer: 'approve' }, annaAtAws);
    const [open] = await table().open();
    expect(open?.answers).toMatchObject([{ voter: annaAtAws.UserId, at: question.askedAt + MINUTE, answer: 'approve' }]);
    expect(open && verdictOn(open, later)).toEqual({
      kind: 'approved',
      by: [`${annaAtAws.Arn} by the runbook (${annaAtAws.UserId})`],
    });
    expect(woken).toEqual(['{"taskToken":"the-token","output":"{}"}']);
  });

  it('denies with a reason', async () => {
    await table().ask(question, 'the-token');
    await run({ Question: question.id, Answer: 'deny', Reason: 'the "release" is under way' }, annaAtAws);
    const [open] = await table().open();
    expect(open && verdictOn(open, later)).toMatchObject({ kind: 'denied', why: expect.stringContaining('the "release" is under way') });
  });

  it('counts somebody once who runs it twice, or answers by the command as well', async () => {
    await table().ask({ ...question, approvers: 2 }, 'the-token');
    await run({ Question: question.id, Answer: 'approve' }, annaAtAws);
    await run({ Question: question.id, Answer: 'approve' }, annaAtAws);
    await table().answer(question, { voter: annaAtAws.UserId, who: annaAtAws.Arn, answer: 'approve', at: later });
    const [open] = await table().open();
    expect(open && verdictOn(open, later)).toMatchObject({ kind: 'open', approvals: 1 });
  });

  it('ends without a vote where no such question is open', async () => {
    await table().ask(question, 'the-token');
    await expect(run({ Question: `${'b'.repeat(64)}-0`, Answer: 'approve' }, annaAtAws)).rejects.toThrow('question: there is no');
    expect((await table().open())[0]?.answers).toEqual([]);
    expect(woken).toEqual([]);
  });

  it('is late when its question is', async () => {
    await table().ask({ ...question, until: question.askedAt + 1 }, 'the-token');
    await run({ Question: question.id, Answer: 'approve' }, annaAtAws);
    const [open] = await table().open();
    expect(open && verdictOn(open, later)).toMatchObject({ kind: 'unanswered' });
  });

  it('takes no question, answer or reason that could be more than that', () => {
    const { Question, Answer, Reason } = answerRunbookContent('healing', tableName).parameters;
    const takes = ({ allowedPattern }: { readonly allowedPattern: string }, text: string) => new RegExp(allowedPattern, 'u').test(text);
    expect(takes(Question, question.id)).toBe(true);
    for (const text of ['', 'approvals', `${question.id} `, '{{ caller.Arn }}', `${question.id}\n`])
      expect(takes(Question, text)).toBe(false);
    expect(Answer.allowedValues).toEqual(['approve', 'deny']);
    expect(takes(Reason, 'the release is under way')).toBe(true);
    for (const text of ['{{ caller.Arn }}', 'a\nb', 'x'.repeat(201)]) expect(takes(Reason, text)).toBe(false);
  });

  it('has no role, and so no right that its reader does not have', () => {
    const content = answerRunbookContent('healing', tableName);
    expect(JSON.stringify(content)).not.toMatch(/assumeRole/i);
    expect(content.mainSteps.map(({ action }) => action)).toEqual(content.mainSteps.map(() => 'aws:executeAwsApi'));
  });
});
