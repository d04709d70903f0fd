import type { Section } from '../core/notice/section.ts';
import { redacted } from '../core/redaction.ts';
import type { Diagnostic } from './diagnostic.ts';
import { isOfInstances, ofInstance } from './instance-target.ts';

/** How long the script may take, its looks at processes, folders and journal together. */
const SCRIPT_SECONDS = 25;

/** By this line the script begins a section. */
const TITLE = '## ';

/** Sent as the command's comment, which is seen in the list of commands. */
const COMMENT = 'a diagnosis that changes nothing';

/**
 * What is to be seen on the machine itself.
 *
 * Tells: the processes with most memory and most CPU with their command lines, the fullest file systems and folders, the last errors of the
 * journal or event log, failed units, load, free memory, and the last boot.
 * Reads: one `ssm:SendCommand` of its own document on the one instance, which changes nothing there; values of options, variables and URLs that
 * look like secrets are taken out on the machine, and again in the pipeline.
 */
export const diagnostic: Diagnostic = {
  name: 'machine',
  appliesTo: isOfInstances,
  visits: 'machine',
  permissions: [
    { actions: ['ssm:DescribeInstanceInformation', 'ssm:GetCommandInvocation'], on: 'any' },
    // A machine that EC2 finds impaired is not waited for.
    { actions: ['ec2:DescribeInstances', 'ec2:DescribeInstanceStatus'], on: 'any' },
    { actions: ['ssm:SendCommand'], on: 'document' },
    { actions: ['ssm:SendCommand'], on: 'targets' },
  ],
  document: {
    description: 'Reads what a person needs to know of a machine: processes, folders, last errors. Changes nothing.',
    parameters: {},
    timeoutSeconds: SCRIPT_SECONDS,
  },
  gather: ofInstance(async (id, { document }, { commands, instances }) => {
    const [[instance], checks, agent] = await Promise.all([instances.describe([id]), instances.statusChecks(id), commands.agent(id)]);
    if (instance?.state !== 'running') return notSeen('it is not running');
    if (checks === 'impaired') return notSeen('its status checks fail, so that it would not answer');
    if (agent.state !== 'online')
      return notSeen(agent.state === 'silent' ? 'its Systems Manager agent does not answer' : 'Systems Manager does not know it');
    const result = await commands.look({ document, instanceId: id, parameters: {}, token: COMMENT });
    if (result === undefined) return notSeen('it did not answer within half a minute');
    // Before it is parted into lines, by which a key over several could not be told any more.
    const sections = sectionsOf(redacted(result.output));
    if (result.status === 'succeeded') return sections;
    return [...sections, ...notSeen(`the script ended as ${result.detail}${result.errors ? `: ${redacted(result.errors)}` : ''}`)];
  }),
};

function notSeen(why: string): readonly Section[] {
  return [{ title: 'On the machine', lines: [`not seen: ${why}`] }];
}

function sectionsOf(output: string): readonly Section[] {
  const [, ...parts] = `\n${output}`.split(`\n${TITLE}`);
  return parts.map((part) => {
    const [title = '', ...lines] = part.split('\n');
    return { title, lines };
  });
}
