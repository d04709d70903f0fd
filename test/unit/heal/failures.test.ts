import { describe, expect, it } from 'vitest';
import { CannotDo, inTwoLines } from '../../../bin/heal/cannot-do.ts';
import { Defect, TryAgain } from '../../../lambdas/core/failure.ts';

const named = (name: string, message: string, more: object = {}) => Object.assign(new Error(message), { name, ...more });

describe('a command that fails', () => {
  it.each([
    [new CannotDo('there is no pipeline', 'name it'), 'there is no pipeline', 'name it'],
    [named('CredentialsProviderError', 'Could not load credentials'), 'AWS knows no valid credentials of yours', 'aws sso login'],
    [
      new Defect('read: CredentialsProviderError: Profile prod requires multi-factor authentication', undefined),
      'Profile prod requires multi-factor authentication',
      'aws sso login',
    ],
    [new Defect('read: Error: Region not accepted: region="eu west 1"', undefined), 'no AWS Region: read', '--region'],
    [new Defect('read: TypeError: Invalid URL', undefined), 'AWS could not be reached', 'AWS_ENDPOINT_URL'],
    [
      new Defect('read the history: ResourceNotFoundException: The specified log group does not exist', undefined),
      'a part of the pipeline is gone: read the history',
      'deploy it again',
    ],
    [
      new Defect('read: AccessDeniedException: no', undefined),
      'you are not allowed to: read: AccessDeniedException: no',
      'ask for the right that it names',
    ],
    [new Error('Region is missing'), 'no AWS Region is set', '--region'],
    [
      new TryAgain('read: Error: getaddrinfo ENOTFOUND ssm.eu-wst-1.amazonaws.com', undefined),
      'AWS could not be reached',
      '--region names a Region',
    ],
    [new TryAgain('read', named('AggregateError', '', { code: 'ECONNREFUSED' })), 'AWS could not be reached', 'AWS_ENDPOINT_URL'],
    [new AggregateError([named('Error', 'x', { code: 'ETIMEDOUT' })], 'several'), 'AWS could not be reached', 'VPN'],
    [new TryAgain('read: ThrottlingException: Rate exceeded', undefined), 'AWS has too many calls', 'shorter --since'],
    [new TryAgain('read: RequestLimitExceeded: no', undefined), 'AWS has too many calls', 'shorter --since'],
    [
      new Defect('write: ParameterMaxVersionLimitExceeded: no', undefined),
      'write: ParameterMaxVersionLimitExceeded',
      'report it with your version',
    ],
    [named('ZodError', 'invalid_type'), 'cannot read', 'version that was deployed last'],
    [new Error('moon'), 'moon', 'report it with your version'],
    ['moon', 'moon', 'report it with your version'],
  ])('says in two lines what is wrong and what to do next: %#', (error, what, next) => {
    expect(inTwoLines(error)[0]).toContain(what);
    expect(inTwoLines(error)[1]).toContain(next);
  });
});
