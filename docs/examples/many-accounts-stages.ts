import { Stack, Stage, type StageProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { Fleet } from '../../lib/fleet.ts';
import { HealingHub } from '../../lib/healing-hub.ts';
import { HealingPipeline } from '../../lib/healing-pipeline.ts';

/** The account that sees the others and stops them. */
export class HubStage extends Stage {
  readonly stack: Stack;

  constructor(scope: Construct, id: string, props: StageProps & { readonly accounts: readonly string[] }) {
    super(scope, id, props);
    this.stack = new Stack(this, 'Hub');
    new HealingHub(this.stack, 'Hub', { accounts: props.accounts, notify: { emails: ['platform@example.com'] } });
  }
}

/** One account and Region, which heals itself. */
export class HealedStage extends Stage {
  readonly stack: Stack;

  constructor(scope: Construct, id: string, props: StageProps & { readonly hubBusArn: string }) {
    super(scope, id, props);
    this.stack = new Stack(this, 'Healing');
    const healing = new HealingPipeline(this.stack, 'Healing', {
      hub: { busArn: props.hubBusArn },
      notify: { emails: ['oncall@example.com'] },
    });
    healing.protectFleet('Web', { fleet: Fleet.tagged('SelfHeal', 'enabled'), service: 'nginx', serviceDown: {} });
  }
}
