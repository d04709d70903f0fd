import { describe, expect, it } from 'vitest';
import { connectionName, databaseConnectionSchema } from '../../../lambdas/core/database-connection.ts';

describe('the connection to a database', () => {
  it('is kept under another name for a cluster than for an instance of the same identifier', () => {
    expect(connectionName({ kind: 'database', id: 'orders' })).toBe('orders');
    expect(connectionName({ kind: 'database-cluster', id: 'orders' })).toBe('cluster:orders');
  });

  const connection = { engine: 'mysql', host: 'orders.example.com', port: 3306, database: 'shop', login: { kind: 'iam', user: 'probe' } };

  it.each([
    ['by a host name', {}, true],
    ['to an address, which no certificate names', { host: '10.0.0.7' }, false],
    ['to a host with something behind its name', { host: 'orders/x' }, false],
    ['to no port', { port: 0 }, false],
    ['with an authority', { authority: '-----BEGIN CERTIFICATE-----\n' }, true],
    ['with an authority that is a file name', { authority: '/etc/ca.pem' }, false],
    ['with a password in it', { password: 'x' }, false],
  ])('is made %s, or refused', (_, changes, accepted) => {
    expect(databaseConnectionSchema.safeParse({ ...connection, ...changes }).success).toBe(accepted);
  });
});
