/** `npx cdk synth --app "node docs/examples/complete-app.ts"` */
import { App } from 'aws-cdk-lib';
import { CompleteStack } from './complete-stack.ts';

new CompleteStack(new App(), 'Complete');
