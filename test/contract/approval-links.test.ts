import { CreateStateMachineCommand, DescribeExecutionCommand, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { CreateTopicCommand, SNSClient } from '@aws-sdk/client-sns';
import { openSharedAws, type SharedAws } from '@self-healing/local-aws/testing/shared-aws.ts';
import { MINUTE, NOW } from '@self-healing/simulation/builders.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { approvalLinks } from '../../lambdas/adapters/dynamodb/approval-links.ts';
import { approvals } from '../../lambdas/adapters/dynamodb/approvals.ts';
import type { IncidentTable } from '../../lambdas/adapters/dynamodb/incident-table.ts';
import { linkMailer } from '../../lambdas/adapters/link-mailer.ts';
import { newToken } from '../../lambdas/adapters/new-token.ts';
import { workflowAdmin } from '../../lambdas/adapters/step-functions/workflow.ts';
import { verdictOn } from '../../lambdas/core/approval.ts';
import type { HistoryLine } from '../../lambdas/core/history-line.ts';
import { approvalLinkRequests } from '../../lambdas/handlers/approval-link-requests.ts';
import type { AnswerByLinkPorts } from '../../lambdas/steps/answer-by-link.ts';
import { sendApprovalLinks } from '../../lambdas/steps/send-approval-links.ts';
import { newIncidentTable } from '../support/incident-tables.ts';
import { anna, aQuestion, ben, opening, posting } from '../support/link-desk.ts';

const holders = [anna, ben];
const PATIENCE = { timeout: 60_000, interval: 100 };

let aws: SharedAws;
let sfn: SFNClient;
let table: IncidentTable;
let stateMachineArn = '';
let tokens = '';
const topics = new Map<string, string>();
const mailboxes = new Map<string, string>();
beforeAll(async () => {
  aws = await openSharedAws();
  sfn = new SFNClient(aws.client);
  const queue = async (QueueName: string) => String((await aws.upstream.call('sqs', 'CreateQueue', { QueueName })).QueueUrl);
  for (const [index, { email }] of holders.entries()) {
    const Name = `contract-links-${index}`;
    const { TopicArn = '' } = await new SNSClient(aws.client).send(new CreateTopicCommand({ Name }));
    topics.set(email, TopicArn);
    mailboxes.set(email, await queue(Name));
    const Endpoint = `arn:aws:sqs:us-east-1:000000000000:${Name}`;
    await aws.upstream.call('sns', 'Subscribe', { TopicArn, Protocol: 'sqs', Endpoint });
  }
  tokens = await queue('contract-links-waiting');
  // Waits as the pipeline's own does, and goes on when it is woken.
  const definition = {
    StartAt: 'Ask',
    States: {
      Ask: {
        Type: 'Task',
        Resource: 'arn:aws:states:::sqs:sendMessage.waitForTaskToken',
        Parameters: { QueueUrl: tokens, MessageBody: { 'Token.$': '$$.Task.Token' } },
        Next: 'Act',
      },
      Act: { Type: 'Pass', End: true },
    },
  };
  const created = await sfn.send(
    new CreateStateMachineCommand({
      name: 'contract-links',
      definition: JSON.stringify(definition),
      roleArn: 'arn:aws:iam::000000000000:role/contract',
    }),
  );
  stateMachineArn = created.stateMachineArn ?? '';
});
afterAll(() => aws.close());

const received = async (QueueUrl: string): Promise<string | undefined> => {
  const { Messages = [] } = (await aws.upstream.call('sqs', 'ReceiveMessage', { QueueUrl })) as {
    Messages?: readonly { readonly Body: string; readonly ReceiptHandle: string }[];
  };
  const [message] = Messages;
  if (message) await aws.upstream.call('sqs', 'DeleteMessage', { QueueUrl, ReceiptHandle: message.ReceiptHandle });
  return message?.Body;
};

const one = async (queueUrl: string): Promise<string> => {
  let body: string | undefined;
  await expect.poll(async () => (body ??= await received(queueUrl)), PATIENCE).toBeDefined();
  return body ?? '';
};

let lines: HistoryLine[];
let now = NOW;
let executionArn = '';
beforeEach(async () => {
  table = await newIncidentTable(aws);
  lines = [];
  now = NOW;
  ({ executionArn = '' } = await sfn.send(new StartExecutionCommand({ stateMachineArn })));
});

const status = async () => (await sfn.send(new DescribeExecutionCommand({ executionArn }))).status;

const serve = (given: Partial<AnswerByLinkPorts> = {}) =>
  approvalLinkRequests(
    {
      ...{ links: approvalLinks(table), answers: approvals(table), workflow: workflowAdmin(stateMachineArn, sfn), holders },
      history: {
        async write(line) {
          lines.push(line);
        },
      },
      place: { pipeline: 'healing', account: '000000000000', region: 'us-east-1' },
      ...given,
    },
    () => now,
    { error: () => {} },
  );

/** The waiting workflow asks; answers the token that each holder finds in their own mail. */
async function asked(approvers = 1): Promise<readonly string[]> {
  const question = aQuestion({ approvers });
  const { Token } = JSON.parse(await one(tokens)) as { readonly Token: string };
  await approvals(table).ask(question, Token);
  const mailer = linkMailer(topics, new SNSClient(aws.client));
  const sending = { pipeline: 'healing', holders, url: 'https://page.example/', newToken, links: approvalLinks(table), mailer };
  expect(await sendApprovalLinks(question, sending)).toEqual([]);
  const bodies = [];
  for (const { email } of holders) bodies.push((JSON.parse(await one(mailboxes.get(email) ?? '')) as { Message: string }).Message);
  expect(bodies.map((body) => body.split(':')[0])).toEqual(holders.map(({ name }) => name));
  return bodies.map((body) => /https:\/\/page\.example\/(\S{43})\n/.exec(body)?.[1] ?? '');
}

const verdict = async () => {
  const [open] = await approvals(table).open();
  return open && verdictOn(open, now).kind;
};

describe('a question that is answered by link', () => {
  it('goes from the mail to the page, to the vote, and the workflow goes on to the act', async () => {
    const [token = ''] = await asked();
    now += MINUTE;
    expect((await serve()(opening(token))).body).toContain('May it use restart-service on instance');
    expect([await status(), await verdict()]).toEqual(['RUNNING', 'open']);

    expect((await serve()(posting({ token, answer: 'approve' }))).body).toContain('Approved');
    await expect.poll(status, PATIENCE).toBe('SUCCEEDED');
    expect(await verdict()).toBe('approved');
    expect(lines.map(({ text }) => text)).toEqual([
      'Anna Night by link (link#anna@example.com) says yes to a question: use restart-service on instance i-0aaaabbbbccccdddd',
    ]);
  });

  it('takes of twenty posts at once one, and says to all others that the link answers nothing', async () => {
    const [token = ''] = await asked(2);
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => serve()(posting({ token, answer: index % 2 === 0 ? 'approve' : 'deny' }))),
    );
    expect(answers.map(({ statusCode }) => statusCode).filter((code) => code === 200)).toHaveLength(1);
    expect((await approvals(table).open())[0]?.answers).toHaveLength(1);
  });

  it('wants both of two who must approve', async () => {
    const [annas = '', bens = ''] = await asked(2);
    await serve()(posting({ token: annas, answer: 'approve' }));
    expect([await status(), await verdict()]).toEqual(['RUNNING', 'open']);
    await serve()(posting({ token: bens, answer: 'approve' }));
    await expect.poll(status, PATIENCE).toBe('SUCCEEDED');
  });

  it('refuses a forged link, a late one and one of a holder who is none any more, in the same words, and the workflow waits on', async () => {
    const [token = ''] = await asked();
    const forged = await serve()(posting({ token: newToken(), answer: 'approve' }));
    const foreign = await serve({ holders: [ben] })(posting({ token, answer: 'approve' }));
    now += 15 * MINUTE + 1;
    const late = await serve()(posting({ token, answer: 'approve' }));
    expect(forged.statusCode).toBe(404);
    expect([foreign, late]).toEqual([forged, forged]);
    expect([await status(), lines]).toEqual(['RUNNING', []]);
  });

  it('keeps no token, only hashes by which nobody can answer', async () => {
    const [token = ''] = await asked();
    const kept = await Promise.all(holders.map(async () => JSON.stringify(await approvals(table).open())));
    expect(kept.join()).not.toContain(token);
    expect(await approvalLinks(table).find(token)).toBeUndefined();
  });
});
