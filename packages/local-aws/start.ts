/** `npm start -w packages/local-aws`: a local AWS that stays until Ctrl-C, into which any CDK app can be deployed. */
import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { deployApp } from './deployment/deploy-app.ts';
import type { Service } from './gateway/service.ts';
import { startLocalAws } from './local-aws.ts';
import { bootNode, type ManagedNode } from './nodes/managed-node.ts';
import { canRunNodes } from './nodes/node-support.ts';
import { createCloudWatch } from './services/cloudwatch.ts';
import { createEc2 } from './services/ec2.ts';
import { createRunCommand } from './services/run-command.ts';

const usage = `npm start -w packages/local-aws -- [options]

  --port <number>   where AWS is found on 127.0.0.1 (4566)
  --app <folder>    deploy the CDK app whose cdk.json lies there
  --nodes <number>  boot so many machines that Run Command reaches; needs root on Linux with systemd (0)
  --faster <number> how many times faster the periods of alarms pass than on AWS (1)`;

const options = { port: { type: 'string' }, app: { type: 'string' }, nodes: { type: 'string' }, faster: { type: 'string' } } as const;

interface Settings {
  readonly port: number;
  readonly app: string | undefined;
  readonly nodes: number;
  readonly faster: number;
}

function settings(): Settings {
  const { port = '4566', app, nodes = '0', faster = '1' } = parseArgs({ options }).values;
  return { port: within('port', port, 1, 65_535), app, nodes: within('nodes', nodes, 0, 20), faster: within('faster', faster, 1, 600) };
}

function within(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new RangeError(`--${name} must be a whole number from ${least} to ${most}, not ${text}`);
}

const say = (line: string): void => console.error(line);
const endings: (() => Promise<unknown>)[] = [];
const interrupted = new Promise<void>((resolve) => {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
});

async function run({ port, app, nodes: count, faster }: Settings): Promise<void> {
  const nodes = await bootNodes(count);
  const cloudwatch = createCloudWatch({ secondsPerPeriodScale: faster });
  const runCommand = createRunCommand({ find: (id) => nodes.find(({ instanceId }) => instanceId === id) });
  const services: readonly Service[] = [cloudwatch, runCommand, ...(count > 0 ? [ec2Of(nodes)] : [])];
  const aws = await startLocalAws({ port, services, allowAwsEvents: true, say });
  endings.push(() => aws.stop());
  cloudwatch.start(aws.upstream);
  endings.push(() => cloudwatch.stop());
  if (app !== undefined) {
    const { stacks } = await deployApp({ project: app, endpoint: aws.endpoint, say });
    await runCommand.carryOut(nodes.map(({ name, instanceId }) => ({ id: instanceId, tags: { Name: name } })));
    say(`deployed ${stacks.join(', ')}`);
  }
  console.log(`export AWS_ENDPOINT_URL=${aws.endpoint} AWS_REGION=us-east-1 AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test`);
  for (const { name, instanceId } of nodes) console.log(`# ${instanceId} is the machine ${name}`);
  await interrupted;
}

async function bootNodes(count: number): Promise<readonly ManagedNode[]> {
  if (count === 0) return [];
  const support = await canRunNodes(say);
  if (!support.ok) throw new Error(`no machine can be booted: ${support.why}; ${support.next}`);
  const boot = async (index: number): Promise<ManagedNode> => {
    const node = await bootNode({ name: `node-${index + 1}`, instanceId: `i-${randomBytes(9).toString('hex').slice(1)}` });
    endings.push(() => node.destroy());
    return node;
  };
  return Promise.all(Array.from({ length: count }, (_, index) => boot(index)));
}

function ec2Of(nodes: readonly ManagedNode[]): Service {
  return createEc2({
    instances: () =>
      nodes.map((node) => ({
        id: node.instanceId,
        tags: { Name: node.name },
        state: node.isSwitchedOn() ? 'running' : 'stopped',
        checks: node.isUp() ? 'ok' : 'initializing',
      })),
    reboot: async (id) => nodes.find(({ instanceId }) => instanceId === id)?.reboot(),
  });
}

let exitCode = 0;
try {
  await Promise.race([run(settings()), interrupted]);
} catch (error) {
  const isUsage = error instanceof RangeError || (error instanceof TypeError && 'code' in error);
  say(`${error instanceof Error ? error.message : error}${isUsage ? `\n\n${usage}` : ''}`);
  exitCode = isUsage ? 2 : 1;
} finally {
  for (const ending of endings.toReversed()) await ending().catch(say);
}
process.exit(exitCode);
