import { describe, expect, it } from 'vitest';
import { completeTemplate, defaultTemplate, inText, resources } from '../support/template.ts';

const alarms = [defaultTemplate(), completeTemplate()].flatMap((template) =>
  [...resources('AWS::CloudWatch::Alarm', template).values()].map(({ Properties }) => [inText(Properties.AlarmName), Properties] as const),
);

describe('no alarm goes off by silence', () => {
  it.each(alarms)('%s takes no missing data for bad data, which it would have as soon as it is made', (_, { TreatMissingData }) => {
    expect(['missing', 'notBreaching']).toContain(TreatMissingData);
  });
});
