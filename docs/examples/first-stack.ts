import { Duration, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { Database } from '../../lib/database.ts';
import { Fleet } from '../../lib/fleet.ts';
import { HealingPipeline } from '../../lib/healing-pipeline.ts';
import { Remedy } from '../../lib/remedy.ts';

/** The first sentences that a reader meets: a fleet by its tag, and a database by its name. */
export class FirstStack extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);

    const healing = new HealingPipeline(this, 'Healing', { notify: { emails: ['oncall@example.com'] } });
    healing.protectFleet('Web', {
      fleet: Fleet.tagged('SelfHeal', 'enabled'),
      service: 'nginx',
      serviceDown: {},
      memory: { above: 85, ladder: [Remedy.waitAndSee(), Remedy.clearCaches(), Remedy.restartService('nginx')] },
      guardrails: { blastRadiusPercent: 5, cooldown: Duration.minutes(10) },
    });
    healing.protectDatabase('Orders', { database: Database.instance('orders'), connections: { above: 450 }, mode: 'approval' });
  }
}
