import { describe, expect, it } from '@jest/globals';
import { longId, messageOf, withoutSession } from './message.js';
import { credentials, seal } from './fixtures/seal.js';

describe('Salesforce ids', () => {
  it.each([
    ['0015000000Gv7qJ', '0015000000Gv7qJAAR'],
    ['00D5g000004ABCD', '00D5g000004ABCDEA4'],
    ['00d5g000004abcd', '00d5g000004abcdAAA'],
    ['0015000000Gv7qJAAR', '0015000000Gv7qJAAR'],
  ])('%s is %s', (short, long) => {
    expect(longId(short)).toBe(long);
  });
});

describe('an Outbound Message', () => {
  const notification = (n: number) => ({
    id: `04l${n}`,
    type: 'Lead',
    fields: { Id: `00Q${n}`, Status: 'x', Email: null },
  });
  const message = (count: number) =>
    messageOf(
      seal(
        {
          OrganizationId: credentials.organizationId,
          SessionId: 'live-session-not-real',
          notifications: Array.from({ length: count }, (_, n) => notification(n)),
        },
        credentials,
      ).body,
    );

  it('of 100 notifications is read whole, of one as well', () => {
    for (const count of [1, 100]) {
      const parsed = message(count);
      expect(parsed.ok && parsed.value.records.length).toBe(count);
    }
  });

  it('loses its SessionId and its nil fields', () => {
    const parsed = message(1);
    expect(JSON.stringify(parsed)).not.toContain('live-session');
    expect(parsed.ok && parsed.value.records[0]?.fields).toEqual({ Id: '00Q0', Status: 'x' });
  });
});

describe('what a receipt keeps', () => {
  const xml = (text: string): Buffer => Buffer.from(text, 'utf8');

  it.each([
    ['<SessionId>00D!live</SessionId>', '<SessionId></SessionId>'],
    [
      '<n:SessionId xsi:type="x">00D!live</n:SessionId>',
      '<n:SessionId xsi:type="x"></n:SessionId>',
    ],
    ['<a>ä</a><SessionId xsi:nil="true"/>', '<a>ä</a><SessionId xsi:nil="true"/>'],
  ])('%s becomes %s', (given, kept) => {
    expect(withoutSession(xml(given)).toString('utf8')).toBe(kept);
  });

  it('leaves JSON alone', () => {
    const body = xml('{"SessionId":"no session: an own field"}');
    expect(withoutSession(body)).toBe(body);
  });
});
