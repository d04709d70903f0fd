/** `npx cdk synth --app "node docs/examples/many-accounts-app.ts"` */
import { App } from 'aws-cdk-lib';
import { HealingHub } from '../../lib/healing-hub.ts';
import { HealedStage, HubStage } from './many-accounts-stages.ts';

const app = new App();
const hub = { account: '444455556666', region: 'eu-west-1' };
const healed = {
  test: { account: '111122223333', region: 'eu-west-1' },
  production: { account: '777788889999', region: 'us-east-1' },
};

// The hub first: what a pipeline tells it before is lost.
new HubStage(app, 'hub', { env: hub, accounts: Object.values(healed).map(({ account }) => account) });
for (const [name, env] of Object.entries(healed)) new HealedStage(app, name, { env, hubBusArn: HealingHub.busArn(hub) });
