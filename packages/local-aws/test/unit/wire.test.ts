import { describe, expect, it } from 'vitest';
import { targetOf } from '../../gateway/call.ts';
import { modelOf } from '../../gateway/model.ts';
import { AwsError } from '../../gateway/service.ts';
import { decodeParameters, encodeAnswer, encodeError } from '../../gateway/wire.ts';

const signedFor = (service: string) => `AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/${service}/aws4_request, SignedHeaders=host`;
const head = (path: string, headers: Record<string, string>, method = 'POST') => ({ method, path, headers });

describe('targetOf', () => {
  it.each([
    [
      'JSON 1.1 by its target header',
      head('/', { authorization: signedFor('ssm'), 'x-amz-target': 'AmazonSSM.SendCommand', 'content-type': 'application/x-amz-json-1.1' }),
      { service: 'ssm', action: 'SendCommand', protocol: 'json-1.1' },
    ],
    [
      'CBOR by its path',
      head('/service/GraniteServiceVersion20100801/operation/PutMetricAlarm', {
        authorization: signedFor('monitoring'),
        'smithy-protocol': 'rpc-v2-cbor',
      }),
      { service: 'monitoring', action: 'PutMetricAlarm', protocol: 'rpc-v2-cbor' },
    ],
    [
      'EC2 by its service, the action being in the body',
      head('/', { authorization: signedFor('ec2'), 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' }),
      { service: 'ec2', action: undefined, protocol: 'ec2-query' },
    ],
    [
      'REST by method and path',
      head('/2015-03-31/functions/f/invocations?Qualifier=1', { authorization: signedFor('lambda') }),
      { service: 'lambda', action: 'POST /2015-03-31/functions/f/invocations', protocol: 'rest' },
    ],
    [
      'a presigned address by its query',
      head('/bucket/key?X-Amz-Credential=test%2F20260101%2Fus-east-1%2Fs3%2Faws4_request', {}, 'GET'),
      { service: 's3', action: 'GET /bucket/key', protocol: 'rest' },
    ],
    ['what nobody signed', head('/somewhere', {}, 'PUT'), { service: 'unsigned', action: 'PUT /somewhere', protocol: 'rest' }],
  ])('tells %s', (_, request, expected) => expect(targetOf(request)).toEqual(expected));
});

describe('decodeParameters', () => {
  it('gives query parameters their types by the model', async () => {
    const body = Buffer.from(
      'Action=PutMetricAlarm&AlarmName=a&Threshold=1.5&ActionsEnabled=false&Dimensions.member.1.Name=n&Dimensions.member.1.Value=v',
    );
    expect(await decodeParameters('query', body, 'PutMetricAlarm', await modelOf('monitoring'))).toEqual({
      AlarmName: 'a',
      Threshold: 1.5,
      ActionsEnabled: false,
      Dimensions: [{ Name: 'n', Value: 'v' }],
    });
  });

  it('keeps the order of a list with more than nine elements', async () => {
    const ids = Array.from({ length: 12 }, (_, index) => `i-${index + 1}`);
    const body = Buffer.from(
      `Action=RebootInstances&${ids
        .map((id, index) => `InstanceId.${index + 1}=${id}`)
        .reverse()
        .join('&')}`,
    );
    expect(await decodeParameters('ec2-query', body, 'RebootInstances', await modelOf('ec2'))).toEqual({ InstanceIds: ids });
  });

  it('tells lists from structures where there is no model', async () => {
    const body = Buffer.from('Action=CreateStack&StackName=s&Capabilities.member.1=A&Parameters.member.1.ParameterKey=k');
    const expected = { StackName: 's', Capabilities: ['A'], Parameters: [{ ParameterKey: 'k' }] };
    expect(await decodeParameters('query', body, 'CreateStack', undefined)).toEqual(expected);
  });

  it('is not fooled by a parameter named __proto__', async () => {
    await decodeParameters('query', Buffer.from('Action=X&__proto__.polluted=yes'), 'X', undefined);
    expect(({} as { polluted?: string }).polluted).toBeUndefined();
  });
});

describe('encodeAnswer', () => {
  it('writes lists of RDS with their own element names and text escaped', async () => {
    const answer = { DBInstances: [{ DBInstanceIdentifier: 'a&<b', MultiAZ: true }] };
    const { body } = encodeAnswer('query', 'DescribeDBInstances', answer, await modelOf('rds'), 'r-1');
    expect(body).toContain(
      '<DBInstances><DBInstance><DBInstanceIdentifier>a&amp;&lt;b</DBInstanceIdentifier><MultiAZ>true</MultiAZ></DBInstance></DBInstances>',
    );
    expect(body).toMatch(/^<DescribeDBInstancesResponse .*<DescribeDBInstancesResult .*<RequestId>r-1<\/RequestId>/);
  });

  it('writes dates of JSON as epoch seconds', async () => {
    const answer = { MetricAlarms: [{ AlarmName: 'a', StateUpdatedTimestamp: new Date(1500) }] };
    const { body } = encodeAnswer('json-1.0', 'DescribeAlarms', answer, await modelOf('monitoring'), 'r');
    expect(JSON.parse(Buffer.from(body).toString())).toEqual({ MetricAlarms: [{ AlarmName: 'a', StateUpdatedTimestamp: 1.5 }] });
  });
});

describe('encodeError', () => {
  it('knows an error by its shape and by its query code', async () => {
    const model = await modelOf('rds');
    const [byShape, byCode] = ['DBInstanceNotFoundFault', 'DBInstanceNotFound'].map((code) =>
      encodeError('query', new AwsError(code, 'm'), model, 'r'),
    );
    expect(byShape).toEqual(byCode);
    expect(byShape).toMatchObject({ status: 404, body: expect.stringContaining('<Code>DBInstanceNotFound</Code>') });
  });

  it('keeps an unknown code and its status', async () => {
    const error = encodeError('json-1.1', new AwsError('SlowDown', 'Too fast.', 429), await modelOf('ssm'), 'r');
    expect(error).toMatchObject({ status: 429, headers: { 'x-amzn-errortype': 'SlowDown' } });
  });
});
