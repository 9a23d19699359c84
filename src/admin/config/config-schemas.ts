import { STORED_SECTIONS } from '../../accounts/stored-objects.js';
import {
  anyObject,
  flag,
  list,
  nullable,
  oneOf,
  pageOf,
  ref,
  shape,
  text,
  time,
  whole,
} from '../openapi/shape.js';

const section = oneOf(STORED_SECTIONS);

const change = shape({
  section,
  id: text(),
  secretsChanged: flag('Secrets were given, changed or taken away; masked they look alike.'),
  how: oneOf(['made', 'changed', 'removed']),
  before: nullable(anyObject('Secrets masked.')),
  after: nullable(anyObject('Secrets masked.')),
});

const version = {
  version: whole(),
  at: time(),
  action: oneOf(['file', 'put', 'remove', 'apply', 'revert', 'credential']),
  who: nullable(shape({ id: text('Id of the key; `first` for the first one.'), name: text() })),
  revertOf: nullable(whole('The version whose objects this one took over.')),
  changes: list(ref('ConfigChange')),
};

export const CONFIG_SCHEMAS = {
  ConfigObject: shape({
    section,
    id: text(),
    owner: oneOf(['file', 'api'], 'What the file holds is only read here.'),
    version: nullable(whole("That brought it, for If-Match; null for the file's.")),
    data: anyObject(
      'As it would stand in the file. Secrets masked; a mask sent back leaves the secret as it is.',
    ),
  }),
  ConfigDocument: shape({
    version: whole('Number of the newest configuration.'),
    applied: whole('Number of the one that this replica works by.'),
    objects: list(ref('ConfigObject')),
  }),
  ConfigObjectList: shape({ items: list(ref('ConfigObject')), nextCursor: { type: 'null' } }),
  ConfigChange: change,
  ConfigChanged: shape({
    version: whole('In force now; for a dry run, as before.'),
    dryRun: flag('Nothing was stored.'),
    changes: list(ref('ConfigChange')),
    warnings: list(text()),
  }),
  ConfigVersion: shape(version, 'One number of the configuration.'),
  ConfigVersionPage: pageOf('ConfigVersion'),
  ConfigVersionDetail: shape({
    ...version,
    objects: list(shape({ section, id: text(), version: whole() })),
  }),
  SecretKeys: shape({
    newest: nullable(text('Key that secrets are stored under now; null: none yet.')),
    shared: flag('The keys come from WAYBILL_SECRET_KEYS.'),
    used: list(
      shape({
        id: text(),
        objects: whole('States of objects under it.'),
        here: flag('This replica has it.'),
      }),
    ),
  }),
  Rewrapped: shape({ key: text(), rewrapped: whole('Data keys that were wrapped anew.') }),
};
