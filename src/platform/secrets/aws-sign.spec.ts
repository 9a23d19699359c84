import { describe, expect, it } from '@jest/globals';
import { signV4 } from './aws-sign.js';

const KEYS = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
};
const at = new Date('2015-08-30T12:36:00Z');
const FORM = 'application/x-www-form-urlencoded';

const signatureOf = (
  service: string,
  request: Partial<Parameters<typeof signV4>[0]> = {},
  keys: Parameters<typeof signV4>[1] = KEYS,
) => {
  const whole = { method: 'GET', url: 'https://example.amazonaws.com/', headers: {}, body: '' };
  const { authorization = '' } = signV4({ ...whole, ...request }, keys, {
    ...{ region: 'us-east-1', service, at },
  });
  return authorization;
};

/** Cases of AWS's published Signature Version 4 test suite (aws-sig-v4-test-suite), and of its documentation. */
describe('a request signed for AWS has the published signature', () => {
  it.each([
    ['get-vanilla', {}, '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31'],
    [
      'get-vanilla-query-order-key-case',
      { url: 'https://example.amazonaws.com/?Param2=value2&Param1=value1' },
      'b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500',
    ],
    [
      'post-vanilla',
      { method: 'POST' },
      '5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b',
    ],
    [
      'post-x-www-form-urlencoded',
      { method: 'POST', headers: { 'content-type': FORM }, body: 'Param1=value1' },
      'ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a',
    ],
  ])('%s', (_name, request, signature) => {
    expect(signatureOf('service', request)).toMatch(
      new RegExp(
        `^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=[a-z;-]+, Signature=${signature}$`,
      ),
    );
  });

  it('ListUsers of the documentation', () => {
    const signed = signatureOf('iam', {
      url: 'https://iam.amazonaws.com/?Action=ListUsers&Version=2010-05-08',
      headers: { 'content-type': `${FORM}; charset=utf-8` },
    });
    expect(signed).toContain('SignedHeaders=content-type;host;x-amz-date, ');
    expect(signed).toContain(
      'Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7',
    );
  });

  it('and signs the token of temporary keys with the rest', () => {
    const keys = { ...KEYS, sessionToken: 'a-token' };
    const request = { method: 'GET', url: 'https://example.amazonaws.com/', headers: {}, body: '' };
    const headers = signV4(request, keys, { region: 'us-east-1', service: 'service', at });
    expect(headers).toMatchObject({
      'x-amz-security-token': 'a-token',
      'x-amz-date': '20150830T123600Z',
      authorization: expect.stringContaining('SignedHeaders=host;x-amz-date;x-amz-security-token'),
    });
    expect(JSON.stringify(headers)).not.toContain(KEYS.secretAccessKey);
  });
});
