import { CfnDocument } from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';
import { answerRunbookName } from '../../lambdas/core/answer-runbook.ts';

export interface AnswerRunbookProps {
  readonly pipeline: string;
  readonly tableName: string;
}

/** An incident's id and the number of a rung. */
const QUESTION = '^[0-9a-f]{64}-[0-9]{1,3}$';

/** On one line, and nothing that a runbook would read as a variable. */
const REASON = '^[^{}\\p{Cc}]{0,200}$';

/**
 * The runbook by which people answer in the console. It has no role, and so does what its reader may do: IAM lets each write answers under
 * their own id alone, as with the command. It ends without an answer where no such question is open.
 */
export class AnswerRunbook extends Construct {
  constructor(scope: Construct, id: string, { pipeline, tableName }: AnswerRunbookProps) {
    super(scope, id);
    new CfnDocument(this, 'Document', {
      name: answerRunbookName(pipeline),
      documentType: 'Automation',
      documentFormat: 'JSON',
      updateMethod: 'NewVersion',
      content: answerRunbookContent(pipeline, tableName),
    });
  }
}

/** The runbook itself. What it writes has the form that the command writes, but for the time, of which a runbook knows only text. */
export function answerRunbookContent(pipeline: string, TableName: string) {
  return {
    schemaVersion: '0.3',
    description: `Answers a question of the self-healing pipeline ${pipeline} in your own name. Read in the message what would be done; one who denies is enough to stop it.`,
    parameters: {
      Question: { type: 'String', description: 'The id of the question, from the message.', allowedPattern: QUESTION },
      Answer: { type: 'String', description: 'Whether it may be done.', allowedValues: ['approve', 'deny'] },
      Reason: { type: 'String', description: 'Why, for the history; may be empty.', default: '', allowedPattern: REASON },
    },
    mainSteps: [
      {
        name: 'question',
        action: 'aws:executeAwsApi',
        description: 'Finds the open question; fails where there is none.',
        inputs: {
          Service: 'dynamodb',
          Api: 'Query',
          TableName,
          ConsistentRead: true,
          KeyConditionExpression: 'pk = :open',
          FilterExpression: '#request.#id = :question',
          ExpressionAttributeNames: { '#request': 'request', '#id': 'id' },
          ExpressionAttributeValues: { ':open': { S: 'approvals' }, ':question': { S: '{{ Question }}' } },
        },
        outputs: [
          { Name: 'Wakes', Selector: '$.Items[0].taskToken.S', Type: 'String' },
          { Name: 'KeptUntil', Selector: '$.Items[0].ttl.N', Type: 'String' },
        ],
      },
      {
        name: 'caller',
        action: 'aws:executeAwsApi',
        description: 'Asks AWS who you are.',
        inputs: { Service: 'sts', Api: 'GetCallerIdentity' },
        outputs: [
          { Name: 'UserId', Selector: '$.UserId', Type: 'String' },
          { Name: 'Arn', Selector: '$.Arn', Type: 'String' },
        ],
      },
      {
        name: 'answer',
        action: 'aws:executeAwsApi',
        description: 'Writes the answer under your id, and that you have answered.',
        inputs: {
          Service: 'dynamodb',
          Api: 'TransactWriteItems',
          TransactItems: [
            {
              Put: {
                TableName,
                Item: {
                  pk: { S: 'approver#{{ caller.UserId }}' },
                  sk: { S: '{{ Question }}' },
                  answer: {
                    M: {
                      voter: { S: '{{ caller.UserId }}' },
                      who: { S: '{{ caller.Arn }} by the runbook' },
                      answer: { S: '{{ Answer }}' },
                      at: { S: '{{ global:DATE_TIME }}' },
                      reason: { S: '{{ Reason }}' },
                    },
                  },
                  ttl: { N: '{{ question.KeptUntil }}' },
                },
              },
            },
            {
              Put: {
                TableName,
                Item: {
                  pk: { S: 'approval#{{ Question }}' },
                  sk: { S: 'answer#{{ caller.UserId }}' },
                  at: { S: '{{ global:DATE_TIME }}' },
                  ttl: { N: '{{ question.KeptUntil }}' },
                },
              },
            },
          ],
        },
      },
      {
        name: 'wake',
        action: 'aws:executeAwsApi',
        description: 'Lets the pipeline count the answers now. Where it does not wait any more, the answer stands all the same.',
        onFailure: 'Continue',
        isCritical: false,
        isEnd: true,
        inputs: { Service: 'stepfunctions', Api: 'SendTaskSuccess', taskToken: '{{ question.Wakes }}', output: '{}' },
      },
    ],
  };
}
