import { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { TunedStack } from '../../docs/examples/tuned-stack.ts';
import { unbundledApp } from '../support/default-stack.ts';

describe('the examples of the docs', () => {
  const template = Template.fromStack(new TunedStack(unbundledApp(), 'Tuned'));

  it('make a rule for every policy that they speak of', () => {
    const rules = Object.values(template.findResources('AWS::Events::Rule')).filter(
      ({ Properties }) => Properties.Targets[0].InputTransformer,
    );
    const names = rules.map(({ Properties }) => Properties.Name);
    expect(names.toSorted()).toEqual(
      [
        ...['Web-memory', 'Web-disk', 'Web-service-down', 'Desk-disk', 'Workers-memory-9abcdef0', 'Workers-memory-76543210'],
        ...['Shop-unhealthy-targets', 'Shop-group-cpu', 'Shop-response-time'],
        ...['Backlog', 'Queue', 'Orders-connections', 'Orders-cpu'],
        ...['Catalog-connections', 'Catalog-replica-lag', 'LedgerCpu'],
        ...['ShopDown', 'Stock-unreachable', 'Stock-connections', 'Accounts-cpu', 'Accounts-storage'],
      ]
        .map((policy) => `healing.${policy}`)
        .toSorted(),
    );
  });
});
