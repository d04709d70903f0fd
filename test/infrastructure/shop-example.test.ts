import { Validations } from 'aws-cdk-lib';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { AwsSolutionsChecks } from 'cdk-nag';
import { describe, expect, it } from 'vitest';
import { ShopStage } from '../../docs/examples/shop-stage.ts';
import { type Policy, policySchema } from '../../lambdas/core/policy.ts';
import { unbundledApp } from '../support/default-stack.ts';
import { DeployedApp } from '../support/deployed-app.ts';

function stages(references: 'strong' | 'weak') {
  const app = unbundledApp();
  app.node.setContext('@aws-cdk/core:defaultCrossStackReferences', references);
  return { app, stages: ['test', 'production'].map((name) => new ShopStage(app, name)) };
}

/** What the policies of a stage act on, as intake gets them at run time. */
function policiesOf(deployed: DeployedApp, { healing }: ShopStage): readonly Policy[] {
  return deployed
    .resources(healing, 'AWS::Events::Rule')
    .flatMap(({ properties }) => properties.Targets?.[0]?.InputTransformer?.InputTemplate ?? [])
    .map((template: string) => policySchema.parse(JSON.parse(template.replaceAll(/<[^<>]+>/g, 'null')).policy));
}

function named(deployed: DeployedApp, shop: ShopStage['shop']) {
  return {
    group: deployed.value(shop, shop.group.autoScalingGroupName),
    targetGroup: deployed.value(shop, shop.targetGroup.targetGroupFullName),
    cluster: deployed.value(shop, shop.cluster.clusterIdentifier),
  };
}

describe('the shop in two stages', () => {
  it("passes AWS's rules in both", () => {
    const made = stages('weak');
    for (const stage of made.stages) Validations.of(stage).addPlugins(new AwsSolutionsChecks());
    expect(() => made.app.synth()).not.toThrow();
  });

  it('would not pass them with a queue that anybody may read', () => {
    const made = stages('weak');
    for (const stage of made.stages) Validations.of(stage).addPlugins(new AwsSolutionsChecks());
    for (const { shop } of made.stages) new Queue(shop, 'Plain');
    expect(() => made.app.synth()).toThrow('AwsSolutions-SQS4');
  });

  it.each(['strong', 'weak'] as const)('acts on its own group, targets and cluster in each, by %s references', (references) => {
    for (const stage of stages(references).stages) {
      const deployed = new DeployedApp(stage);
      const { group, targetGroup, cluster } = named(deployed, stage.shop);
      expect(policiesOf(deployed, stage).map(({ name, targets }) => [name, 'target' in targets ? targets.target : targets])).toEqual([
        ['Web-group-cpu', { kind: 'auto-scaling-group', name: group }],
        [
          'Web-unhealthy-targets',
          { kind: 'unhealthy-targets', targetGroupArn: `arn:aws:elasticloadbalancing:eu-west-1:111122223333:${targetGroup}` },
        ],
        ['Web-error-share', { kind: 'auto-scaling-group', name: group }],
        ['Orders-cpu', { kind: 'database-cluster', id: cluster }],
        ['Orders-replica-lag', { kind: 'database-cluster', id: cluster }],
      ]);
    }
  });

  it('has no physical name in both', () => {
    const names = stages('weak').stages.map((stage) => {
      const deployed = new DeployedApp(stage);
      return [
        ...deployed.resources(stage.healing, 'AWS::Lambda::Function').map(({ properties }) => properties.FunctionName),
        ...deployed.resources(stage.healing, 'AWS::CloudWatch::Alarm').map(({ properties }) => properties.AlarmName),
        ...deployed.resources(stage.healing, 'AWS::Events::Rule').map(({ properties }) => properties.Name),
        ...deployed.resources(stage.healing, 'AWS::Logs::LogGroup').map(({ properties }) => properties.LogGroupName),
        ...deployed.resources(stage.healing, 'AWS::SSM::Document').map(({ properties }) => properties.Name),
        ...deployed.resources(stage.healing, 'AWS::SSM::Parameter').map(({ properties }) => properties.Name),
        ...deployed.resources(stage.healing, 'AWS::SQS::Queue').map(({ properties }) => properties.QueueName),
        ...deployed.resources(stage.healing, 'AWS::IAM::ManagedPolicy').map(({ properties }) => properties.ManagedPolicyName),
        ...deployed.resources(stage.healing, 'AWS::StepFunctions::StateMachine').map(({ properties }) => properties.StateMachineName),
      ].filter((name) => name !== undefined);
    });
    const [test = [], production = []] = names;
    expect(test.length).toBeGreaterThan(20);
    expect(test.filter((name) => production.includes(name))).toEqual([]);
  });
});
