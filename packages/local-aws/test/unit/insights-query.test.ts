import { describe, expect, it } from 'vitest';
import { parseInsightsQuery } from '../../services/cloudwatch/insights-query.ts';
import { NotEvaluated } from '../../services/cloudwatch/not-evaluated.ts';

describe('reading a Metrics Insights query', () => {
  it('reads every clause', () => {
    const query = `select AVG("disk_used_percent") from SCHEMA("CWAgent", InstanceId, path) WHERE path = '/var/lib' AND tag.SelfHeal != 'no'
      GROUP BY InstanceId, path ORDER BY MAX() DESC LIMIT 10`;

    expect(parseInsightsQuery(query)).toEqual({
      aggregation: 'AVG',
      metricName: 'disk_used_percent',
      namespace: 'CWAgent',
      schema: ['InstanceId', 'path'],
      where: [
        { key: 'path', equal: true, value: '/var/lib' },
        { key: 'tag.SelfHeal', equal: false, value: 'no' },
      ],
      groupBy: ['InstanceId', 'path'],
      orderBy: { aggregation: 'MAX', descending: true },
      limit: 10,
    });
  });

  it('reads a tag key that is quoted for its unusual characters', () => {
    const { where } = parseInsightsQuery(`SELECT MAX(x) FROM "NS" WHERE tag."team:owner" = 'web' GROUP BY InstanceId`);

    expect(where).toEqual([{ key: 'tag.team:owner', equal: true, value: 'web' }]);
  });

  it('reads the shortest query', () => {
    expect(parseInsightsQuery('SELECT COUNT(Errors) FROM "AWS/Lambda"')).toEqual({
      aggregation: 'COUNT',
      metricName: 'Errors',
      namespace: 'AWS/Lambda',
      where: [],
      groupBy: [],
    });
  });

  it.each([
    ['an unknown function', 'SELECT P99(x) FROM "NS"', 'P99'],
    ['OR', `SELECT MAX(x) FROM "NS" WHERE a = '1' OR b = '2'`, 'OR'],
    ['an open end', 'SELECT MAX(x) FROM', 'end of query'],
    ['a strange character', 'SELECT MAX(x) FROM "NS" ;', ';'],
  ])('refuses %s by name', (_, query, named) => {
    expect(() => parseInsightsQuery(query)).toThrow(NotEvaluated);
    expect(() => parseInsightsQuery(query)).toThrow(named);
  });
});
