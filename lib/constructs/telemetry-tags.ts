import { CfnTelemetryEnrichment } from 'aws-cdk-lib/aws-observabilityadmin';
import type { Construct } from 'constructs';

/**
 * Turns on "resource tags on telemetry", by which queries of the user's own alarms can find resources by their tags. It is
 * one setting of the whole account in the Region: CloudWatch makes an AWS Resource Explorer index and a managed view, and
 * adds the tags of resources to their metrics, which can take some hours. It goes with the stack: whoever removes it turns
 * the setting off for all. Where it is on already, AWS takes no second one.
 */
export function turnOnTelemetryTags(scope: Construct): void {
  new CfnTelemetryEnrichment(scope, 'TelemetryTags', { scope: 'ACCOUNT' });
}
