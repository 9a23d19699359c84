import { SCOPES } from '../access/scopes.js';
import { flag, list, nullable, oneOf, ref, shape, text, time } from '../openapi/shape.js';

const members = {
  id: text(),
  name: text(),
  scopes: list(oneOf(SCOPES)),
  createdAt: time(),
  createdBy: shape({ id: text(), name: text() }),
  expiresAt: nullable(time()),
  lastUsedAt: nullable(time('To the minute.')),
  revokedAt: nullable(time()),
  live: flag('Neither expired nor revoked.'),
};

export const KEY_SCHEMAS = {
  AdminKey: shape(members, 'A key of this API. The key itself is not kept.'),
  AdminKeyList: shape({ items: list(ref('AdminKey')), nextCursor: { type: 'null' } }),
  NewAdminKey: shape({ ...members, key: text('Shown this once; nobody can read it again.') }),
  RevokedAdminKey: shape({ changed: flag('False: it was revoked before.'), key: ref('AdminKey') }),
};
