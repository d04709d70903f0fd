import { App } from 'aws-cdk-lib';
import { SelfHealingStack, type SelfHealingStackProps } from '../../lib/self-healing-stack.ts';

/** Everything that the default app can protect, as `cdk.json` names it. */
export const everything: SelfHealingStackProps = {
  emails: ['oncall@example.com'],
  service: 'nginx',
  diskPath: '/',
  group: {
    name: 'web',
    loadBalancer: { loadBalancer: 'app/web/0123456789abcdef', targetGroup: 'targetgroup/web/0123456789abcdef' },
  },
  database: { id: 'orders', connectionsAbove: 80 },
};

/** An app whose functions are not bundled, and which has no `tree.json`, so that synthesis is quick. */
export function unbundledApp(): App {
  return new App({ context: { 'aws:cdk:bundling-stacks': [] }, analyticsReporting: false, treeMetadata: false });
}

/** The default stack with everything in it. */
export function defaultStack(app: App = unbundledApp()): SelfHealingStack {
  return new SelfHealingStack(app, 'SelfHealing', everything);
}
