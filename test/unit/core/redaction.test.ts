import { describe, expect, it } from 'vitest';
import { redacted, redactedIn } from '../../../lambdas/core/redaction.ts';

const SECRET = 'hUnt3r2-Zq8w';
const KEY = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';
const body = 'MIIEpAIBAAKCAQEA7Vx9q2\nQ0n3fXy8Zk1m5p\n';
const jwt = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.s5nT3u';

describe('a secret goes', () => {
  it.each([
    [`app[1]: DB_PASSWORD=${SECRET} starting`],
    [`export MYSQL_PWD='${SECRET}'`],
    [`spring.datasource.password = ${SECRET}`],
    [`{"user":"app","password":"${SECRET}","n":1}`],
    [`{"clientSecret": "${SECRET}"}`],
    [`{\\"password\\":\\"${SECRET}\\",\\"user\\":\\"x\\"}`],
    [`"event":"{\\\\\\"apiKey\\\\\\":\\\\\\"${SECRET}\\\\\\"}"`],
    [`{'token': '${SECRET}'}`],
    [`{"password":"a\\"${SECRET}"}`],
    [`password: ${SECRET}`],
    [`db:\n  host: x\n  password: correct ${SECRET} battery\n  port: 1`],
    [`- name: x\n  secret: |\n    first\n    ${SECRET}\nnext: 1`],
    [`mysql --user root --password ${SECRET} -h db`],
    [`mysql -u root -p${SECRET} shop`],
    [`tool --api-key=${SECRET} run`],
    [`["psql","--password","${SECRET}"]`],
    [`["psql", "--password", "${SECRET}"]`],
    [`curl -u anna:${SECRET} https://example.com`],
    [`curl -H "X-Api-Key: ${SECRET}" https://example.com`],
    [`PGPASSWORD=${SECRET} psql`],
    [`sshpass -p ${SECRET} ssh host`],
    [`/usr/bin/java -Xmx2g -Dspring.datasource.password=${SECRET} -jar shop.jar`],
    [`/usr/bin/redis-server 0.0.0.0:6379 --requirepass ${SECRET}`],
    [`docker run -e DB_PASSWORD=${SECRET} shop`],
    [`celery -A shop -b amqp://app:${SECRET}@mq/shop worker`],
    [`zip -P ${SECRET} a.zip b`],
    [`mosquitto_pub -u app -P ${SECRET} -t x`],
    [`ipmitool -U admin -P${SECRET} power status`],
    [`mongodump -u app -p ${SECRET}`],
    [`mongosh -p ${SECRET}`],
    [`cqlsh -u app -p ${SECRET}`],
    [`7z a -p${SECRET} a.7z b`],
    [`plink -pw ${SECRET} host`],
    [`snmpwalk -v2c -c ${SECRET} host`],
    [`snmpget -v3 -A ${SECRET} host`],
    [`xfreerdp /u:app /p:${SECRET}`],
    [`smbclient -U app%${SECRET} //x/y`],
    [`sqlplus app/${SECRET}@orders`],
    [`rabbitmqctl change_password app ${SECRET}`],
    [`redis-cli -h x -a ${SECRET} ping`],
    [`docker login -u x -p ${SECRET}`],
    [`openssl rsa -passin pass:${SECRET}`],
    [`Authorization: Bearer ${SECRET}`],
    [`Authorization: Basic YW5uYTp${SECRET}`],
    [`authorization=Bearer ${SECRET}`],
    [`got Bearer ${SECRET} from`],
    [`Proxy-Authorization: Digest username="x", response="${SECRET}"`],
    [`Cookie: session=${SECRET}; other=1`],
    [`Set-Cookie: id=a; token=${SECRET}; Path=/`],
    [`jwt ${jwt} end`, 's5nT3u'],
    [`key AKIAIOSFODNN7EXAMPLE used`, 'AKIAIOSFODNN7EXAMPLE'],
    [`aws_secret_access_key = ${KEY}`, KEY],
    [`the key is ${KEY}`, KEY],
    [`https://s3/x?X-Amz-Signature=${SECRET}&X-Amz-Expires=1`],
    [`https://s3/x?X-Amz-Security-Token=${SECRET}`],
    [`https://blob/x?sv=1&sig=${SECRET}`],
    [`postgres://app:${SECRET}@db:5432/shop`],
    [`connect amqp://a:${SECRET}@h1,amqp://b:${SECRET}@h2 failed`],
    [`redis://:${SECRET}@cache:6379`],
    [`postgres://app:x/${SECRET}@db/shop`],
    [`https://${SECRET}@github.com/x/y.git`],
    [`app:${SECRET}@tcp(db:3306)/shop`],
    [`Server=db;User Id=sa;Password=my ${SECRET} pw;Encrypt=1`],
    [`DefaultEndpointsProtocol=https;AccountName=x;AccountKey=${SECRET}==;Suffix=y`],
    [`jdbc:mysql://db/shop?user=a&password=${SECRET}`],
    [`ALTER USER app PASSWORD '${SECRET}'`],
    [`CREATE USER x IDENTIFIED BY '${SECRET}'`],
    [`CREATE USER x IDENTIFIED WITH mysql_native_password BY '${SECRET}'`],
    [`SET PASSWORD FOR x = PASSWORD('${SECRET}')`],
    [`<password>${SECRET}</password>`],
    [`<add key="x" password="${SECRET}"/>`],
    [`machine h login u password ${SECRET}`],
    [`requirepass ${SECRET}`],
    [`root:$6$abcdefgh$${'a1B2'.repeat(10)}:19000:0`, 'a1B2a1B2'],
    [`-----BEGIN RSA PRIVATE KEY-----\n${body}-----END RSA PRIVATE KEY-----`, 'Q0n3fXy8Zk1m5p'],
    [`"private_key":"-----BEGIN PRIVATE KEY-----\\nMIIEpAIBAAKC\\n-----END PRIVATE KEY-----\\n"`, 'MIIEpAIBAAKC'],
    [`-----BEGIN OPENSSH PRIVATE KEY-----\n${body}`, 'Q0n3fXy8Zk1m5p'],
    [`${body}-----END RSA PRIVATE KEY-----`, 'Q0n3fXy8Zk1m5p'],
    [`ghp_${'a1B2c3D4'.repeat(4)}`, 'a1B2c3D4'],
    [`xoxb-123456789012-abcdefGHIJKL`, 'abcdefGHIJKL'],
    [`https://hooks.slack.com/services/T000/B000/XXXXabc1`, 'XXXXabc1'],
    [`$password = "${SECRET}"`],
    [`ConvertTo-SecureString "${SECRET}" -AsPlainText`],
    [`session_id=${SECRET}`],
    [`"password" => "${SECRET}"`],
    [`config['password'] = '${SECRET}'`],
    [`password=\n${'' /* nothing there */}token=${SECRET}`],
  ])('from %s', (text, secret = SECRET) => {
    const line = redacted(text);
    expect(line).not.toContain(secret);
    expect(line).toContain('[redacted]');
    expect(redacted(line)).toBe(line);
    expect(redacted(JSON.stringify({ output: text }))).not.toContain(secret);
  });
});

describe('ordinary text stays', () => {
  it.each([
    'Threshold Crossed: 1 out of the last 1 datapoints [91.2 (02/11/26 10:15:00)] was greater than the threshold (90.0).',
    'read the secret: AccessDeniedException is not what AWS said'.replace('secret: ', 'secret, '),
    'User: arn:aws:sts::111122223333:assumed-role/x/y is not authorized to perform: secretsmanager:GetSecretValue on resource: arn:aws:secretsmanager:eu-west-1:111122223333:secret:orders/self-healing-a1B2c3',
    'OK: freed 9876543210 bytes in 1234 files of /var/tmp; 3 files are in use',
    'Basic authentication failed',
    'the bearer of this mail',
    'Digest of the image',
    'token bucket is empty',
    'https://example.com:8080/users/anna@example.com?x=1',
    'ssh://git@github.com/x/y.git',
    'mail anna@example.com',
    's3://bucket/key',
    'PWD=/root',
    'max_tokens=100',
    'password_set: true',
    'PasswordAuthentication=yes',
    'password=',
    'Password: ****',
    `incident ${'a1'.repeat(32)}`,
    'commit 8af5f5d8af5f5d8af5f5d8af5f5d8af5f5d8af5f',
    "the 'password' isn't there",
    'ssh -p 22 host',
    'arn:aws:states:eu-west-1:111122223333:execution:healing-workflow:abc',
    'vol-0123456789abcdef0 at /dev/sdf is 8 GiB',
    'duplicate key value violates unique constraint "accounts_pkey"',
    'bypass: on',
    'author=Anna',
    'the compass=north',
    'FATAL: password authentication failed for user "app"',
    'Failed password for root from 10.0.0.1 port 22 ssh2',
    'unable to locate credentials',
    'The security token included in the request is expired',
    'a=1;b=2;c=3',
    '12:34:56 host=db user=app',
  ])('%s', (text) => {
    expect(redacted(text)).toBe(text);
  });
});

it('a value of any shape is redacted in each of its texts', () => {
  expect(redactedIn({ a: [`password=${SECRET}`, 1, null], b: { c: 'plain' } })).toEqual({
    a: ['password=[redacted]', 1, null],
    b: { c: 'plain' },
  });
});

describe('the work grows with the length of the text', () => {
  const parts = [
    'password="',
    "token='",
    'password=\\"',
    'mysql -p',
    'curl -u a:',
    '-----BEGIN PRIVATE KEY-----',
    '-----END PRIVATE KEY-----',
    'a://',
    'a://b:c@',
    'eyJ',
    'Bearer ',
    'cookie: ',
    'password>',
    'password',
    'A',
    'aA1',
    '\\',
    '"',
    "'",
    ' ',
    ';',
    '--password ',
    'secret: |\n ',
    '"tokens": [',
    '"secret": {',
    '$6$',
    "identified by '",
    '--',
    'x:',
    'sk-',
  ];
  it.each(parts)('of %j again and again', (part) => {
    const time = (length: number) => {
      const text = part.repeat(Math.ceil(length / part.length));
      // Of the processor: by the clock others count, too.
      const begin = process.cpuUsage();
      redacted(text);
      const { user, system } = process.cpuUsage(begin);
      return (user + system) / 1_000;
    };
    time(20_000);
    // Twenty times the length at a quadratic price would be four hundred times the time; the bound is far from both.
    expect(time(400_000)).toBeLessThan(Math.max(time(20_000), 2) * 150 + 1_500);
  });
});
