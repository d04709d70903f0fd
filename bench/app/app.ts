import { App, Duration, Stack } from 'aws-cdk-lib';
import { Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { Architecture, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogLevel, NodejsFunction, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';
import { CfnDocument } from 'aws-cdk-lib/aws-ssm';
import { Fleet } from '../../lib/fleet.ts';
import { HealingPipeline } from '../../lib/healing-pipeline.ts';
import { measured } from './measured.ts';

const stack = new Stack(new App(), 'Bench');
const root = `${import.meta.dirname}/../..`;

const healing = new HealingPipeline(stack, 'Healing', {
  name: measured.pipeline,
  notify: { emails: ['bench@example.com'] },
  actsPerHour: 500,
});
healing.protectFleet('Fleet', {
  fleet: Fleet.tagged(measured.tag.key, measured.tag.value),
  service: measured.service,
  serviceDown: {},
  // One incident after the other, each on another member: no limit is to stand in its way.
  guardrails: {
    ...{ blastRadiusPercent: 100, blastRadiusMembers: 500, blastRadiusZonePercent: 100, healthyFloorPercent: 0 },
    ...{ stormPercent: 100, stormTargets: 40, stormWithin: Duration.seconds(10), breakerFailures: 100 },
  },
});

const { floor } = measured;
const document = new CfnDocument(stack, 'Noop', {
  name: floor.document,
  documentType: 'Command',
  content: {
    schemaVersion: '2.2',
    mainSteps: [{ action: 'aws:runShellScript', name: 'run', inputs: { runCommand: ['true'] } }],
  },
});
const bare = new NodejsFunction(stack, 'Floor', {
  functionName: floor.function,
  entry: `${import.meta.dirname}/floor.ts`,
  projectRoot: root,
  depsLockFilePath: `${root}/package-lock.json`,
  runtime: Runtime.NODEJS_24_X,
  architecture: Architecture.ARM_64,
  memorySize: 1_024,
  environment: { DOCUMENT_NAME: document.ref },
  bundling: {
    ...{ minify: true, target: 'node24', format: OutputFormat.CJS, bundleAwsSDK: true, mainFields: ['module', 'main'] },
    logLevel: LogLevel.WARNING,
  },
});
new Rule(stack, 'Bare', { eventPattern: { source: [floor.source] }, targets: [new LambdaFunction(bare)] });
