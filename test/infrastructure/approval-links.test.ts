import { type App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Key } from 'aws-cdk-lib/aws-kms';
import { describe, expect, it } from 'vitest';
import { approvalLinkSettings } from '../../lambdas/core/approval-link-settings.ts';
import type { ApprovalLinksProps } from '../../lib/constructs/approval-links.ts';
import { Fleet } from '../../lib/fleet.ts';
import { HealingPipeline } from '../../lib/healing-pipeline.ts';
import { unbundledApp } from '../support/default-stack.ts';
import { completeTemplate, defaultTemplate, inText, resources, statementsOf, statementsOfPeople } from '../support/template.ts';

const PAGE = 'healing-answer-by-link';
const template = completeTemplate();
const functions = [...resources('AWS::Lambda::Function', template).values()];
const page = functions.find(({ Properties }) => Properties.FunctionName === PAGE)?.Properties;
const anna = { name: 'Anna Night', email: 'anna@example.com' };

function stackWith(approvalLinks: ApprovalLinksProps, app: App = unbundledApp(), encrypted = false): Template {
  const stack = new Stack(app, 'One');
  const notify = encrypted ? { notify: { key: new Key(stack, 'Key') } } : {};
  const healing = new HealingPipeline(stack, 'Healing', { approvalLinks, ...notify });
  healing.protectFleet('Web', { fleet: Fleet.tagged('SelfHeal', 'enabled'), memory: {} });
  return Template.fromStack(stack);
}

describe('links to answer by', () => {
  it('are off by default: no page, no address, no topic of a holder', () => {
    expect(resources('AWS::Lambda::Url', defaultTemplate()).size).toBe(0);
    expect(resources('AWS::SNS::Topic', defaultTemplate()).size).toBe(1);
  });

  it('have one page of its own, reached without credentials, by few people at once, within a time', () => {
    expect([...resources('AWS::Lambda::Url', template).values()].map(({ Properties }) => Properties.AuthType)).toEqual(['NONE']);
    expect(page).toMatchObject({ ReservedConcurrentExecutions: 2, Timeout: 15 });
  });

  it('go to each holder by a topic of their own, over TLS', () => {
    const topics = [...resources('AWS::SNS::Topic', template)].filter(([, { Properties }]) => Properties.TopicName === undefined);
    expect(topics).toHaveLength(1);
    const mails = [...resources('AWS::SNS::Subscription', template).values()].filter(
      ({ Properties }) => Properties.TopicArn.Ref === topics[0]?.[0],
    );
    expect(mails.map(({ Properties }) => [Properties.Protocol, Properties.Endpoint])).toEqual([['email', 'anna@example.com']]);
  });

  it('are known to the function that asks, with address and topics, and to the page, without', () => {
    const ask = functions.find(({ Properties }) => Properties.FunctionName === 'healing-ask')?.Properties;
    const sending = approvalLinkSettings(inText(ask.Environment.Variables.APPROVAL_LINKS));
    expect(sending).toMatchObject({ url: expect.stringContaining('FunctionUrl'), to: [{ ...anna, topic: expect.anything() }] });
    expect(approvalLinkSettings(page.Environment.Variables.APPROVAL_LINKS)).toEqual({ to: [anna] });
  });

  it('are answered by a role that writes the votes of the holders and a line, wakes the workflow, and does nothing else', () => {
    const own = statementsOf('HealingApprovalLinksanswerbylink', template).filter(
      ({ actions }) => !actions.every((action) => action.startsWith('xray:')),
    );
    const [log, reads, votes, history, wakes, ...more] = own;
    expect(more).toEqual([]);
    expect([log, history].map((statement) => statement?.actions)).toEqual([
      ['logs:CreateLogStream', 'logs:PutLogEvents'],
      ['logs:CreateLogStream', 'logs:PutLogEvents'],
    ]);
    expect(reads?.actions).toEqual(['dynamodb:GetItem', 'dynamodb:Query']);
    expect(votes).toMatchObject({
      actions: ['dynamodb:PutItem'],
      conditions: {
        'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['approver#link#anna@example.com', 'approval#*'] },
        Null: { 'dynamodb:LeadingKeys': 'false' },
      },
    });
    expect(wakes).toMatchObject({
      actions: ['states:SendTaskSuccess'],
      resources: [expect.stringMatching(/:stateMachine:healing-workflow$/)],
    });
  });

  it('are told the doctor, who may read whether their holders confirmed', () => {
    const [[topic]] = [...resources('AWS::SNS::Topic', template)].filter(([, { Properties }]) => Properties.TopicName === undefined) as [
      [string, unknown],
    ];
    const manifests = [...resources('AWS::SSM::Parameter', template).values()].map(({ Properties }) => inText(Properties.Value));
    expect(manifests.find((each) => each.includes('"ways"'))).toContain(`"holders":[{"name":"Anna Night","topic":"\${${topic}}"}]`);
    const reads = statementsOfPeople(template).filter(({ actions }) => actions.includes('sns:ListSubscriptionsByTopic'));
    expect(reads.flatMap(({ resources: all }) => all).map(String)).toContain(`\${${topic}}`);
  });

  it('use the key of the notices for their topics, and let the function that asks use it', () => {
    const encrypted = stackWith({ to: [anna] }, unbundledApp(), true);
    expect([...resources('AWS::SNS::Topic', encrypted).values()].every(({ Properties }) => Properties.KmsMasterKeyId)).toBe(true);
  });

  it.each<[string, unknown, RegExp]>([
    ['nobody', { to: [] }, /approvalLinks\.to/],
    ['one address twice', { to: [anna, { name: 'Bert', email: 'Anna@Example.com' }] }, /email anna@example\.com is there twice/],
    ['one name twice', { to: [anna, { name: 'anna night', email: 'b@example.com' }] }, /name anna night is there twice/],
    ['an address that is a pattern for IAM', { to: [{ name: 'Eve', email: '*@example.com' }] }, /approvalLinks\.to\.0\.email/],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of IAM
    ['an address with a variable of IAM', { to: [{ name: 'Eve', email: '${aws:userid}@example.com' }] }, /approvalLinks\.to\.0\.email/],
    ['a name with markup', { to: [{ name: '<b>', email: 'b@example.com' }] }, /approvalLinks\.to\.0\.name/],
    ['more at once than is needed', { to: [anna], atOnce: 1_000 }, /approvalLinks\.atOnce/],
  ])('fail synthesis for %s', (_, props, message) => {
    expect(() => stackWith(props as ApprovalLinksProps)).toThrow(message);
  });
});
