import { EVENT_TYPES } from '../../contract/index.js';
import {
  anyObject,
  flag,
  list,
  mapOf,
  nullable,
  oneOf,
  ref,
  shape,
  text,
  time,
  whole,
} from '../openapi/shape.js';

const all = (name: string) => shape({ items: list(ref(name)), nextCursor: { type: 'null' } });
const schema = anyObject('JSON Schema (draft 2020-12).');

export const CONFIGURATION_SCHEMAS = {
  Account: shape({
    id: text(),
    source: text('Name of the source plugin.'),
    label: text(),
    test: flag('Everything of this account is a test.'),
    credentials: list(
      shape({
        id: text(),
        value: anyObject('Secrets masked.'),
        notBefore: nullable(time()),
        notAfter: nullable(time()),
      }),
    ),
    settings: anyObject('Secrets masked.'),
    inbound: shape({
      url: nullable(text('Null: no public address is configured.')),
      path: text('Behind the public address of this gateway. A secret last part is not shown.'),
      methods: list(text()),
    }),
    setUp: nullable(text("Where to enter the URL in the network's own menus.")),
  }),
  AccountList: all('Account'),
  Route: shape({
    id: text(),
    from: list(text('Account id, or * for all.')),
    to: list(text('Target id.')),
    events: nullable(list(oneOf(EVENT_TYPES))),
    test: flag(),
    offers: nullable(list(text())),
    affiliates: nullable(list(text())),
    specificity: whole('Higher wins when several routes lead an event to one target.'),
    settingsFor: mapOf(anyObject('Settings that this route overrides, secrets masked.')),
  }),
  RouteList: all('Route'),
  Plugin: shape({
    kind: oneOf(['source', 'target']),
    name: text(),
    label: text(),
    contract: text('Version of the plugin contract.'),
    source: nullable(
      shape({
        methods: list(text()),
        events: list(shape({ native: text(), becomes: text(), note: nullable(text()) })),
        credentials: schema,
        settings: schema,
        setUp: nullable(text()),
      }),
    ),
    target: nullable(
      shape({
        accepts: list(oneOf(EVENT_TYPES)),
        onUncertain: oneOf(['resend', 'lookup', 'hold']),
        lookup: flag(),
        settings: schema,
      }),
    ),
  }),
  PluginList: all('Plugin'),
};
