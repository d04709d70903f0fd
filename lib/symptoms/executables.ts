/**
 * Services whose process goes by another name, as packages of Debian, Ubuntu, Amazon Linux and the makers name them. A unit that only
 * holds others together, such as Debian's `postgresql`, has no process at all.
 */
const executables: ReadonlyMap<string, string> = new Map(
  Object.entries({
    activemq: 'java',
    bind9: 'named',
    cassandra: 'java',
    celery: 'python3',
    chrony: 'chronyd',
    confluence: 'java',
    couchdb: 'beam.smp',
    docker: 'dockerd',
    elasticsearch: 'java',
    fail2ban: 'fail2ban-server',
    'grafana-server': 'grafana',
    graylog: 'java',
    influxdb: 'influxd',
    jenkins: 'java',
    jetty9: 'java',
    jira: 'java',
    kafka: 'java',
    keycloak: 'java',
    logstash: 'java',
    mariadb: 'mariadbd',
    mongodb: 'mongod',
    mysql: 'mysqld',
    neo4j: 'java',
    nexus: 'java',
    'nfs-server': 'nfsd',
    ntp: 'ntpd',
    opensearch: 'java',
    postfix: 'master',
    postgresql: 'postgres',
    'rabbitmq-server': 'beam.smp',
    redis: 'redis-server',
    sidekiq: 'ruby',
    solr: 'java',
    sonarqube: 'java',
    supervisor: 'supervisord',
    tomcat: 'java',
    valkey: 'valkey-server',
    varnish: 'varnishd',
    wildfly: 'java',
    zookeeper: 'java',
  }),
);

/** Names that carry a version, such as `postgresql-15`, `tomcat9` and `php8.3-fpm`. */
const families: readonly [RegExp, string][] = [
  [/^postgresql-?[\d.]+$/, 'postgres'],
  [/^tomcat[\d.]+$/, 'java'],
  [/^php([\d.]+)-fpm$/, 'php-fpm$1'],
];

/** The executable of a service of this name, where it is known to be another one. */
export function executableOf(service: string): string | undefined {
  const known = executables.get(service);
  if (known !== undefined) return known;
  const family = families.find(([pattern]) => pattern.test(service));
  return family && service.replace(family[0], family[1]);
}
