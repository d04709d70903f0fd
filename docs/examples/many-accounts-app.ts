/** `npx cdk synth --app "node docs/examples/many-accounts-app.ts"` */
import { App } from 'aws-cdk-lib';
import { HealedStage, HubStage, healedPlaces, hubPlace } from './many-accounts-stages.ts';

const app = new App();
// The hub first: what a pipeline tells it before is lost.
new HubStage(app, 'hub', { env: hubPlace });
for (const [name, env] of Object.entries(healedPlaces)) new HealedStage(app, name, { env });
