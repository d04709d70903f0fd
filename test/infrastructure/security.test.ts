import { Stack, Validations } from 'aws-cdk-lib';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { AwsSolutionsChecks } from 'cdk-nag';
import { describe, expect, it } from 'vitest';
import { defaultStack, unbundledApp } from '../support/default-stack.ts';

describe('the AwsSolutions checks of cdk-nag', () => {
  it('find nothing in the default stack that is not acknowledged with its reason', () => {
    const app = unbundledApp();
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
    defaultStack(app);

    expect(() => app.synth()).not.toThrow();
  });

  it('do find what is not acknowledged', () => {
    const app = unbundledApp();
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
    new Queue(new Stack(app, 'Other'), 'Plain');

    expect(() => app.synth()).toThrow('AwsSolutions-SQS4');
  });
});
