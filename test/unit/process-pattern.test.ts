import { describe, expect, it } from 'vitest';
import { executableOf } from '../../lib/symptoms/executables.ts';
import { processPattern } from '../../lib/symptoms/process-pattern.ts';

const finds = (name: string, path: string) => new RegExp(processPattern(name)).test(path);

describe('the pattern of a process', () => {
  it.each([
    ['nginx', '/usr/sbin/nginx'],
    ['nginx', '/usr/sbin/nginx (deleted)'],
    ['nginx', 'nginx'],
    ['postgres', '/usr/lib/postgresql/16/bin/postgres'],
    ['python3', '/usr/bin/python3.11'],
    ['node', '/usr/bin/node-18'],
    ['php-fpm', '/usr/sbin/php-fpm8.2 (deleted)'],
    ['php-fpm8.3', '/usr/sbin/php-fpm8.3'],
    ['ruby', '/usr/bin/ruby3.1'],
    ['beam.smp', '/usr/lib/erlang/erts-13.1/bin/beam.smp'],
    ['rsyslog', '/usr/sbin/rsyslogd'],
    ['kibana', '/usr/share/kibana/node/glibc-217/bin/node'],
    ['shop+', '/opt/bin/shop+'],
  ])('%s finds %s', (name, path) => {
    expect(finds(name, path)).toBe(true);
  });

  it.each([
    ['mongod', '/usr/local/bin/mongodb_exporter'],
    ['mongod', '/usr/bin/mongodump'],
    ['mysqld', '/usr/local/bin/mysqld_exporter'],
    ['postgres', '/usr/local/bin/postgres_exporter'],
    ['postgres', '/usr/lib/postgresql/16/bin/psql'],
    ['node', '/usr/local/bin/node_exporter'],
    ['nginx', '/usr/bin/nginx-prometheus-exporter'],
    ['haproxy', '/usr/local/bin/haproxy_exporter'],
    ['memcached', '/usr/bin/memcached_exporter (deleted)'],
    ['redis-server', '/usr/local/bin/redis_exporter'],
    ['prometheus', '/usr/bin/prometheus-node-exporter'],
    ['containerd', '/usr/bin/containerd-shim-runc-v2'],
    ['java', '/usr/lib/jvm/java-17-openjdk-amd64/bin/keytool'],
    ['agent', '/usr/bin/amazon-ssm-agent'],
    ['beam.smp', '/usr/bin/beamXsmp'],
  ])('%s does not find %s', (name, path) => {
    expect(finds(name, path)).toBe(false);
  });

  it('finds every executable that is known of a service, and no exporter of its metrics', () => {
    for (const service of ['mongodb', 'mysql', 'mariadb', 'postgresql', 'redis', 'tomcat9', 'php8.3-fpm', 'rabbitmq-server', 'varnish']) {
      const name = executableOf(service) ?? '';
      expect(finds(name, `/usr/sbin/${name}`)).toBe(true);
      for (const exporter of [`${name}_exporter`, `${name}-exporter`, `prometheus-${name}-exporter`])
        expect(finds(name, `/usr/bin/${exporter}`)).toBe(false);
    }
  });

  it('has no character that would end a text in the agent, in a query or in a template', () => {
    expect(processPattern('php-fpm8.3')).not.toMatch(/['"\\{}<>]|\$\w/);
  });
});
