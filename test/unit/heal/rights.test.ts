import { afterEach, expect, it, vi } from 'vitest';
import { inTwoLines } from '../../../bin/heal/cannot-do.ts';
import { program } from '../../../bin/heal/program.ts';
import { costRights, doctorRights, drillsRights, operatorsRights } from '../../../bin/heal/rights.ts';

const here = { pipeline: 'shop', region: 'eu-west-1', hub: 'healing-hub' };

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  process.exitCode = 0;
});

it.each([
  [operatorsRights(here), 'the managed policy shop-operators-eu-west-1'],
  [operatorsRights({ ...here, all: true }), 'the managed policy healing-hub-operators-eu-west-1'],
  [drillsRights(here), 'the managed policies shop-operators-eu-west-1 and shop-drills-eu-west-1'],
  [drillsRights({ ...here, all: true }), 'the managed policy healing-hub-operators-eu-west-1'],
  [doctorRights(here), 'the managed policy shop-doctor-eu-west-1'],
  [doctorRights({ ...here, all: true }), 'the managed policy healing-hub-operators-eu-west-1'],
  [costRights(here), expect.stringContaining('shop-doctor-eu-west-1, and for cloudformation:DescribeStackResources')],
])('whoever may not do it is told to ask for %s', (rights, expected) => {
  expect(rights).toEqual(expected);
  expect(inTwoLines(new Error('AccessDenied'), rights)[1]).toBe(`ask for ${rights}`);
});

it('no placeholder stands for a Region that the shell alone knows', () => {
  expect(doctorRights({ pipeline: 'shop' })).toBe('the managed policy shop-doctor followed by its Region');
});

it.each([
  [['instance-role', '--check'], 2],
  [['doctor'], 2],
  [['doctor', '--only', 'bogus'], 2],
  [['doctor', '--all'], 2],
  [['status'], 1],
])('%j that could look at nothing ends with %i, and says so alone', async (words, exitCode) => {
  vi.stubEnv('AWS_ENDPOINT_URL', 'http://127.0.0.1:9');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'x');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'x');
  vi.spyOn(console, 'error').mockImplementation(() => {});
  vi.spyOn(console, 'log').mockImplementation(() => {});
  const typed = [...words, '--region', 'eu-west-1'];
  await program(typed).parseAsync(['node', 'self-healing-pipeline', ...typed]);
  expect(process.exitCode).toBe(exitCode);
});
