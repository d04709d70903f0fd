import { CfnTelemetryEnrichment } from 'aws-cdk-lib/aws-observabilityadmin';
import type { Construct } from 'constructs';

/**
 * Turns on "resource tags on telemetry", by which the alarms on EC2's own metrics find the instances of a tagged fleet. It is
 * one setting of the whole account in the Region: CloudWatch makes an AWS Resource Explorer index and a managed view, and
 * adds the tags of resources to their metrics, which can take some hours. It goes with the stack: whoever removes it turns
 * the setting off for all. Where it is on already, AWS takes no second one.
 */
export function turnOnTelemetryTags(scope: Construct): void {
  new CfnTelemetryEnrichment(scope, 'TelemetryTags', { scope: 'ACCOUNT' });
}
