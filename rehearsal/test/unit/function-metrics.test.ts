import { describe, expect, it } from 'vitest';
import { metricsIn } from '../../stage/schedules.ts';

const line = (values: object) =>
  JSON.stringify({
    _aws: {
      Timestamp: 1_795_000_000_000,
      CloudWatchMetrics: [
        {
          Namespace: 'SelfHealing',
          Dimensions: [['Database']],
          Metrics: [
            { Name: 'Reachable', Unit: 'Count' },
            { Name: 'Latency', Unit: 'Milliseconds' },
          ],
        },
      ],
    },
    Database: 'orders',
    FailedStep: 'none',
    ...values,
  });

describe('metrics in the log of a function', () => {
  it('are those that a line of embedded metric format declares, with their dimensions', () => {
    const log = `START RequestId: 1\n{"message":"probed {orders}"}\n${line({ Reachable: 1, Latency: 12 })}\nEND RequestId: 1\n`;
    const Dimensions = [{ Name: 'Database', Value: 'orders' }];

    expect(metricsIn(log)).toEqual([
      {
        namespace: 'SelfHealing',
        data: [
          { MetricName: 'Reachable', Values: [1], Unit: 'Count', Timestamp: expect.any(Date), Dimensions },
          { MetricName: 'Latency', Values: [12], Unit: 'Milliseconds', Timestamp: expect.any(Date), Dimensions },
        ],
      },
    ]);
  });

  it('have several values where a list was written', () => {
    const [found] = metricsIn(line({ Reachable: [1, 0], Latency: 3 }));
    expect(found?.data[0]?.Values).toEqual([1, 0]);
  });

  it('are none in lines of other kinds, cut ones included', () => {
    expect(metricsIn(`REPORT {half\n${line({ Reachable: 1 }).slice(0, 80)}\n{"_aws":{"CloudWatchMetrics":"none"}}`)).toEqual([]);
  });
});
