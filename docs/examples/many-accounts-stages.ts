import { Stack, Stage, type StageProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { Fleet } from '../../lib/fleet.ts';
import { HealingHub } from '../../lib/healing-hub.ts';
import { HealingPipeline } from '../../lib/healing-pipeline.ts';

/** Where the hub is, and the accounts and Regions that heal themselves. */
export const hubPlace = { account: '444455556666', region: 'eu-west-1' };
export const healedPlaces = {
  test: { account: '111122223333', region: 'eu-west-1' },
  production: { account: '777788889999', region: 'us-east-1' },
};

/** The account that sees the others and stops them. */
export class HubStage extends Stage {
  readonly stack: Stack;

  constructor(scope: Construct, id: string, props: StageProps = { env: hubPlace }) {
    super(scope, id, props);
    this.stack = new Stack(this, 'Hub');
    const accounts = Object.values(healedPlaces).map(({ account }) => account);
    new HealingHub(this.stack, 'Hub', { accounts, notify: { emails: ['platform@example.com'] } });
  }
}

/** One account and Region, which heals itself. */
export class HealedStage extends Stage {
  readonly stack: Stack;

  constructor(scope: Construct, id: string, props: StageProps = { env: healedPlaces.test }) {
    super(scope, id, props);
    this.stack = new Stack(this, 'Healing');
    const healing = new HealingPipeline(this.stack, 'Healing', {
      hub: { busArn: HealingHub.busArn(hubPlace), drills: true },
      notify: { emails: ['oncall@example.com'] },
    });
    healing.protectFleet('Web', { fleet: Fleet.tagged('SelfHeal', 'enabled'), service: 'nginx', serviceDown: {} });
  }
}
