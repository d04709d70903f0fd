import { aPolicy, aRung, INSTANCE_ID } from '@self-healing/simulation/builders.ts';
import { expect, it } from 'vitest';
import { databasesOf, fleetsOf, probesOf, servicesOf } from '../../../../lambdas/core/doctor/protected.ts';
import type { ProbeEvidence } from '../../../../lambdas/core/policy.ts';

const orders = { kind: 'database', id: 'orders' } as const;
const stock = { kind: 'database-cluster', id: 'stock' } as const;
const instance = { kind: 'instance', id: INSTANCE_ID } as const;
const web = aPolicy();
const own = (target: typeof orders | typeof stock | typeof instance) =>
  aPolicy({ targets: { kind: 'fixed', target }, group: { kind: 'single', target } });

it('the fleets of policies are their groups of instances, each once', () => {
  const alone = own(instance);
  expect(fleetsOf([web, web, own(orders), alone])).toEqual([web.group, alone.group]);
});

it('the databases of policies are those that they name, each once', () => {
  const selected = aPolicy({ targets: { kind: 'contributor', attribute: 'InstanceId' }, group: { kind: 'single', target: stock } });
  expect(databasesOf([web, own(orders), own(orders), selected])).toEqual([orders, stock]);
  expect(databasesOf([aPolicy({ targets: { kind: 'fixed', target: orders } })])).toEqual([orders]);
});

it('the probes of policies are each there once, by what they probe', () => {
  const way = { to: 'orders:5432', from: 'sg-1' };
  const probe: ProbeEvidence = { kind: 'probe', metric: 'Reachable', dimension: 'Database', name: 'orders', way };
  const other: ProbeEvidence = { ...probe, name: 'stock' };
  const page: ProbeEvidence = { ...probe, dimension: 'Probe' };
  const by = (evidence: ProbeEvidence) => aPolicy({ evidence });
  expect(probesOf([web, aPolicy({ evidence: { kind: 'database-status' } }), by(probe), by(other), by(probe), by(page)])).toEqual([
    probe,
    other,
    page,
  ]);
});

it('the services of a policy are those that its remedies restart', () => {
  expect(servicesOf(aPolicy({ ladder: [aRung({ params: {} }), aRung(), aRung({ params: { service: 3 } })] }))).toEqual(['nginx']);
});
