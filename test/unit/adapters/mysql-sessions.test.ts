import { expect, it } from 'vitest';
import type { DatabaseLink } from '../../../lambdas/adapters/databases/link.ts';
import { mysqlSessions } from '../../../lambdas/adapters/databases/mysql.ts';
import { remediator } from '../../../lambdas/remediators/release-sessions.ts';

/** Answers of a server that lets the user read nothing but what its rights and everybody's show. */
function linkTo(version: string): DatabaseLink {
  return {
    async query<Row extends object>(text: string) {
      if (text.includes('performance_schema.'))
        throw Object.assign(new Error("SELECT command denied to user 'healer'@'%' for table 'data_lock_waits'"), {
          code: 'ER_TABLEACCESS_DENIED_ERROR',
          sqlState: '42000',
        });
      return (text.includes('VERSION()') ? [{ version }] : []) as unknown as readonly Row[];
    },
    close: async () => undefined,
  };
}

it.each(['8.0.40', '8.4.6', '9.7.4-2'])(
  'names the right that a user lacks at MySQL %s, where PROCESS does not show who waits',
  async (version) => {
    await expect(mysqlSessions.stuck(linkTo(version), { queryText: false })).rejects.toMatchObject({
      name: 'Defect',
      message: expect.stringContaining('GRANT SELECT ON performance_schema.data_lock_waits'),
    });
  },
);

it('tells that others wait where MySQL has nothing turned on that shows for whom', async () => {
  const answers: readonly (readonly [string, object])[] = [
    ['VERSION()', { version: '8.0.40' }],
    ['@@performance_schema', { isOn: 0 }],
    ['-1 AS id', { id: -1, blocked: 3, seconds: 90 }],
  ];
  const link: DatabaseLink = {
    query: async <Row extends object>(text: string) => answers.flatMap(([part, row]) => (text.includes(part) ? [row as Row] : [])),
    close: async () => undefined,
  };
  const sessions = await mysqlSessions.stuck(link, { queryText: false });
  const plan = remediator.plan({ database: 'orders', sessions }, remediator.params.parse({}));
  expect(plan).toMatchObject({
    refusal: 'not-applicable',
    why: expect.stringMatching(/others wait for what cannot be ended from here: .*performance_schema on$/),
  });
});

it.each(['5.7.44', '10.11.6-MariaDB'])('needs no such right at %s', async (version) => {
  expect(await mysqlSessions.stuck(linkTo(version), { queryText: false })).toEqual([]);
});
