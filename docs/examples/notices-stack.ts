import { SecretValue, Stack, type StackProps } from 'aws-cdk-lib';
import { EventBus } from 'aws-cdk-lib/aws-events';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { Fleet } from '../../lib/fleet.ts';
import { HealingPipeline } from '../../lib/healing-pipeline.ts';
import { Webhook } from '../../lib/webhook.ts';

/** The ways by which notices go out beside mail. */
export class NoticesStack extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const tools = EventBus.fromEventBusName(this, 'Tools', 'tools');
    const healing = new HealingPipeline(this, 'Healing', { notify: { emails: ['oncall@example.com'], bus: tools } });

    const quietHours = { from: '22:00', to: '06:00', timeZone: 'Europe/Warsaw' };
    const chat = {
      slack: { workspaceId: 'T0123456789', channelId: 'C0123456789' },
      stages: ['question', 'still-not-healed', 'storm', 'handed-off', 'recovered'],
    } as const;
    const chatting = new HealingPipeline(this, 'Chatting', {
      name: 'chatting',
      notify: { emails: ['oncall@example.com'], chat, quietHours },
    });

    healing.protectFleet('Web', { fleet: Fleet.tagged('SelfHeal', 'enabled'), service: 'nginx', serviceDown: {} });
    chatting.protectFleet('Batch', { fleet: Fleet.tagged('Role', 'batch'), service: 'batch', serviceDown: {} });
  }
}

/** What opens and closes alerts in other tools. */
export class IncidentToolsStack extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const opening = new HealingPipeline(this, 'Opening', {
      name: 'opening',
      notify: { emails: ['oncall@example.com'], opsItems: true },
    });

    const webhooks = [
      Webhook.pagerDuty('oncall', { routingKey: SecretValue.secretsManager('pagerduty') }),
      Webhook.devOpsAgent('investigate', {
        url: 'https://event-ai.eu-west-1.api.aws/webhook/generic/0f0f0f0f-0000-4000-8000-000000000001',
        secret: Secret.fromSecretNameV2(this, 'InvestigateSecret', 'devops-agent-webhook'),
      }),
    ];
    const posting = new HealingPipeline(this, 'Posting', {
      name: 'posting',
      notify: { emails: ['oncall@example.com'], webhooks },
    });

    opening.protectFleet('Mail', { fleet: Fleet.tagged('Role', 'mail'), service: 'dovecot', serviceDown: {} });
    posting.protectFleet('Shop', { fleet: Fleet.tagged('Role', 'shop'), service: 'shop', serviceDown: {} });
  }
}
