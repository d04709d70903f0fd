/** `npm run agent-config -- <file>`: merges a CloudWatch agent's configuration of your own with what a fleet's symptoms need. */
import { Command } from 'commander';
import type { AgentConfiguration } from '../lib/agent-configuration.ts';
import { mergeConflicts, mergedConfiguration } from '../lib/agent-merge.ts';
import { SHARD_PLACEHOLDER } from '../lib/own-series.ts';
import { givenJson } from './heal/given-file.ts';
import { runInTwoLines } from './in-two-lines.ts';

const command = new Command('agent-config')
  .description('Prints one configuration that sends your series and those of the pipeline; what changes goes to standard error.')
  .argument('<file>', "the agent's configuration of your own, as JSON")
  .option('--fleet <id>', 'the protection', 'Fleet')
  .option('--template <file>', 'the synthesized template', 'cdk.out/SelfHealing.template.json')
  .parse();
const { fleet, template } = command.opts<{ readonly fleet: string; readonly template: string }>();

interface Parameter {
  readonly Type: string;
  readonly Properties?: { readonly Name?: string; readonly Value?: string };
}

function ownConfiguration(): string {
  const { Resources } = givenJson(template, 'make it with "npm run synth", or name a synthesized template with --template') as {
    readonly Resources: Readonly<Record<string, Parameter>>;
  };
  // The name of the parameter does not tell where the pipeline's ends and the protection's begins; the series do.
  const found = Object.values(Resources).find(
    ({ Type, Properties: { Name, Value } = {} }) =>
      Type === 'AWS::SSM::Parameter' &&
      Name?.startsWith('AmazonCloudWatch-') &&
      typeof Value === 'string' &&
      Value.includes(`/${fleet}/${SHARD_PLACEHOLDER}-of-`),
  );
  return (
    found?.Properties?.Value ??
    command.error(`${template} has no agents of a fleet ${fleet} whose configuration is known before it is deployed`)
  );
}

runInTwoLines(() => {
  const own = ownConfiguration();
  if (!own.includes(`${SHARD_PLACEHOLDER}-of-1"`))
    command.error(`${fleet} has shards, which every machine works out for itself; a merged file cannot`);
  const ours = JSON.parse(own.replaceAll(SHARD_PLACEHOLDER, '1')) as AgentConfiguration;
  const team = givenJson(command.args[0] ?? '', "name a file with the agent's configuration of your own, as JSON") as AgentConfiguration;
  if (team.metrics?.metrics_collected === undefined) command.error(`${command.args[0]} collects no metrics; nothing needs to be merged`);

  const conflicts = mergeConflicts(team, ours);
  const { configuration, lost, missing, unknown } = mergedConfiguration(team, ours);
  console.error(
    conflicts.length === 0
      ? 'The agent takes both as they are: nothing needs to be merged.'
      : `The agent refuses both together for: ${conflicts.join(', ')}`,
  );
  for (const [what, list] of [
    ['Changed by the merge', lost],
    ['Not sent, although the alarms read it', missing],
    ['Left as it is, and not known here', unknown],
  ] as const)
    for (const one of list) console.error(`${what}: ${one}`);
  console.log(JSON.stringify(configuration, null, 2));
  process.exitCode = lost.length + missing.length > 0 ? 1 : 0;
});
