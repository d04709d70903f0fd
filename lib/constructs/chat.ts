import { Aws } from 'aws-cdk-lib';
import { CfnMicrosoftTeamsChannelConfiguration, SlackChannelConfiguration } from 'aws-cdk-lib/aws-chatbot';
import { type IRole, ManagedPolicy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import * as z from 'zod';
import { type NoticeFilter, noticeFilterSchema } from '../../lambdas/core/notice/filter.ts';
import type { NoticeFilterProps } from '../notice-filter.ts';
import { checked } from '../policy-error.ts';
import { isKnownSameAccount } from '../same-place.ts';

/** What AWS keeps of a channel. */
interface ChatConfiguration {
  /**
   * Its name, which no deployment can change: AWS takes no second configuration for the channel, and CloudFormation would make that before
   * it deletes the first. For one that was deployed under another name.
   * @default - that of the pipeline with `-slack` or `-teams` and the Region
   */
  readonly configurationName?: string;
}

/** Each workspace or team must once be authorized in the console of Amazon Q Developer in chat applications. */
export interface ChatProps extends NoticeFilterProps {
  /**
   * A channel of Slack, by the ids that Slack and the console show. An account has one configuration for it in all its Regions.
   * @default - none
   */
  readonly slack?: { readonly workspaceId: string; readonly channelId: string } & ChatConfiguration;
  /** A channel of Microsoft Teams. @default - none */
  readonly teams?: { readonly tenantId: string; readonly teamId: string; readonly channelId: string } & ChatConfiguration;
  /**
   * What people may do in AWS from the channel, never more than reading. Notices need nothing of it.
   * @default - a role that may do nothing
   */
  readonly role?: IRole;
}

const text = z.string().min(1);

const configurationName = z
  .string()
  .regex(/^[\w-]{1,128}$/, 'must be 1 to 128 letters, digits, hyphens or underscores')
  .optional();

const channelSchema = z.object({
  slack: z
    .strictObject({
      workspaceId: z.string().regex(/^[0-9A-Z]{1,255}$/, 'must be the id of a workspace, such as T0123456789'),
      channelId: z.string().regex(/^[0-9A-Za-z]{1,256}$/, 'must be the id of a channel, such as C0123456789'),
      configurationName,
    })
    .optional(),
  teams: z.strictObject({ tenantId: text, teamId: text, channelId: text, configurationName }).optional(),
});

interface OwnProps extends ChatProps {
  readonly pipeline: string;
  readonly key?: IKey;
}

/** A topic of its own, since what is written for mail would not be shown in chat, and the channels that listen to it. */
export class Chat extends Construct {
  readonly topic: Topic;
  /** Whether a channel listens; else one is to be set up by hand. */
  readonly hasChannel: boolean;
  /** What goes there. */
  readonly only: NoticeFilter;
  readonly #slack: ChatProps['slack'];

  /** @throws PolicyError for ids that are none, or a filter that lets nothing through or that nobody can mean */
  constructor(scope: Construct, id: string, { pipeline, key, slack, teams, role: given, ...only }: OwnProps) {
    super(scope, id);
    checked(channelSchema, { slack, teams }, 'notify', 'notify.chat');
    this.only = checked(noticeFilterSchema, only, 'notify', 'notify.chat');
    this.topic = new Topic(this, 'Topic', { topicName: `${pipeline}-chat`, enforceSSL: true, ...(key && { masterKey: key }) });
    this.hasChannel = slack !== undefined || teams !== undefined;
    this.#slack = slack;
    if (!this.hasChannel) return;
    this.node.addValidation({ validate: () => this.#takenTwice() });
    const role = given ?? this.#powerlessRole();
    // Without a guardrail AWS would set AdministratorAccess as the bound of what the channel may do.
    const guardrail = ManagedPolicy.fromAwsManagedPolicyName('ReadOnlyAccess');
    // The names of configurations are an account's, of all its Regions together.
    if (slack)
      new SlackChannelConfiguration(this, 'Slack', {
        slackChannelConfigurationName: slack.configurationName ?? `${pipeline}-slack-${Aws.REGION}`,
        slackWorkspaceId: slack.workspaceId,
        slackChannelId: slack.channelId,
        notificationTopics: [this.topic],
        role,
        guardrailPolicies: [guardrail],
      });
    if (teams)
      new CfnMicrosoftTeamsChannelConfiguration(this, 'Teams', {
        configurationName: teams.configurationName ?? `${pipeline}-teams-${Aws.REGION}`,
        teamsTenantId: teams.tenantId,
        teamId: teams.teamId,
        teamsChannelId: teams.channelId,
        snsTopicArns: [this.topic.topicArn],
        iamRoleArn: role.roleArn,
        guardrailPolicies: [guardrail.managedPolicyArn],
      });
  }

  /** Of two that would take one channel in one account the second could not be deployed. */
  #takenTwice(): string[] {
    const isTaken = ({ workspaceId, channelId }: NonNullable<ChatProps['slack']>) =>
      workspaceId === this.#slack?.workspaceId && channelId === this.#slack.channelId;
    const other = this.node.root.node
      .findAll()
      .find((each) => each instanceof Chat && each !== this && each.#slack && isTaken(each.#slack) && isKnownSameAccount(this, each));
    return other
      ? [
          `${this.node.path} and ${other.node.path} are in one account, which has one configuration for a channel of Slack: leave \`slack\` of one out, and let the configuration of the other have its topic`,
        ]
      : [];
  }

  #powerlessRole(): Role {
    return new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('chatbot.amazonaws.com'),
      description: 'Of the chat channel that gets notices; it may do nothing',
    });
  }
}
