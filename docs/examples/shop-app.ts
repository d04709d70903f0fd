/** `npx cdk synth --app "node docs/examples/shop-app.ts"` */
import { App } from 'aws-cdk-lib';
import { ShopStage } from './shop-stage.ts';

const app = new App();
for (const name of ['test', 'production']) new ShopStage(app, name);
