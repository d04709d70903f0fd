/**
 * Services whose process goes by another name, as packages of Debian, Ubuntu, Amazon Linux and the makers name them. A unit that only
 * holds others together, such as Debian's `postgresql`, has no process at all.
 */
const executables: ReadonlyMap<string, string> = new Map(
  Object.entries({
    activemq: 'java',
    amavis: 'perl',
    bind9: 'named',
    cassandra: 'java',
    celery: 'python3',
    chrony: 'chronyd',
    'clamav-daemon': 'clamd',
    'clamav-freshclam': 'freshclam',
    confluence: 'java',
    'couchbase-server': 'beam.smp',
    couchdb: 'beam.smp',
    docker: 'dockerd',
    ejabberd: 'beam.smp',
    elasticsearch: 'java',
    fail2ban: 'fail2ban-server',
    fluentd: 'ruby',
    glassfish: 'java',
    'grafana-server': 'grafana',
    graylog: 'java',
    gunicorn: 'python3',
    influxdb: 'influxd',
    jenkins: 'java',
    jetty9: 'java',
    jira: 'java',
    kafka: 'java',
    keycloak: 'java',
    'krb5-kdc': 'krb5kdc',
    logstash: 'java',
    mariadb: 'mariadbd',
    mongodb: 'mongod',
    'munin-node': 'perl',
    mysql: 'mysqld',
    'nagios-nrpe-server': 'nrpe',
    'named-chroot': 'named',
    neo4j: 'java',
    nexus: 'java',
    'nfs-server': 'nfsd',
    nifi: 'java',
    ntp: 'ntpd',
    opensearch: 'java',
    payara: 'java',
    postfix: 'master',
    postgresql: 'postgres',
    puma: 'ruby',
    puppet: 'ruby',
    puppetserver: 'java',
    'rabbitmq-server': 'beam.smp',
    redis: 'redis-server',
    redis6: 'redis6-server',
    rundeckd: 'java',
    'salt-master': 'python3',
    'salt-minion': 'python3',
    sidekiq: 'ruby',
    solr: 'java',
    sonarqube: 'java',
    spamassassin: 'perl',
    Splunkd: 'splunkd',
    SplunkForwarder: 'splunkd',
    supervisor: 'supervisord',
    tomcat: 'java',
    unicorn: 'ruby',
    uvicorn: 'python3',
    valkey: 'valkey-server',
    varnish: 'varnishd',
    wildfly: 'java',
    'zabbix-agent': 'zabbix_agentd',
    zookeeper: 'java',
  }),
);

/** Names that carry a version or what is run, such as `postgresql-15`, `tomcat9`, `php8.3-fpm` and `pm2-ubuntu`. */
const families: readonly [RegExp, string][] = [
  [/^postgresql-?[\d.]+$/, 'postgres'],
  [/^tomcat[\d.]+$/, 'java'],
  [/^php([\d.]+)-fpm$/, 'php-fpm$1'],
  [/^(?:hadoop|jboss)-[\w-]+$/, 'java'],
  [/^airflow-[\w-]+$/, 'python3'],
  [/^pm2-[\w-]+$/, 'node'],
];

/** The executable of a service of this name, where it is known to be another one. */
export function executableOf(service: string): string | undefined {
  const known = executables.get(service);
  if (known !== undefined) return known;
  const family = families.find(([pattern]) => pattern.test(service));
  return family && service.replace(family[0], family[1]);
}
