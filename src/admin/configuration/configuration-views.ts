import type { Configuration } from '../../accounts/configuration.js';
import type { Account, Route } from '../../accounts/model.js';
import {
  fieldsOf,
  redactSettings,
  settingsSchema,
  type SourcePlugin,
  type TargetPlugin,
} from '../../contract/index.js';
import type { PluginInfo, Registry } from '../../registry/registry.js';
import type { Masking } from '../masking.js';

/** The part of the inbound URL that is itself a secret is never shown. */
const TOKEN_FIELD = 'pathToken';

const iso = (ms: number | undefined): string | null =>
  ms === undefined ? null : new Date(ms).toISOString();

/** Accounts, routes and plugins as the admin API shows them: no secret, in any place. */
export class ConfigurationViews {
  constructor(
    private readonly configuration: Configuration,
    private readonly registry: Registry,
    private readonly masking: Masking,
  ) {}

  accounts() {
    return this.configuration.accounts.map((account) => this.account(account));
  }

  routes() {
    return this.configuration.routes.map((route) => this.route(route));
  }

  plugins() {
    return this.registry.list().map((info) => this.plugin(info));
  }

  private masked(value: object): unknown {
    return this.masking.deep(value);
  }

  private account({ id, source, credentials, settings, publicUrl, test }: Account) {
    const tokened = fieldsOf(source.credentials).some((field) => field.name === TOKEN_FIELD);
    const tail = tokened ? `/<${TOKEN_FIELD}>` : '';
    return {
      id,
      source: source.name,
      label: source.label,
      test,
      credentials: credentials.map((one) => ({
        id: one.id,
        value: this.masked(redactSettings(source.credentials, one.value)),
        notBefore: iso(one.notBefore),
        notAfter: iso(one.notAfter),
      })),
      settings: this.masked(redactSettings(source.settings, settings)),
      inbound: {
        url: publicUrl === '' ? null : `${publicUrl}${tail}`,
        path: `/in/${source.name}/${id}${tail}`,
        methods: source.methods,
      },
      setUp: source.setUp ?? null,
    };
  }

  private route({
    id,
    from,
    to,
    events,
    test,
    offers,
    affiliates,
    settingsFor,
    specificity,
  }: Route) {
    return {
      id,
      from: from === '*' ? ['*'] : from,
      to,
      events,
      test,
      offers,
      affiliates,
      specificity,
      settingsFor: Object.fromEntries(
        to.flatMap((target) => {
          const configured = this.configuration.target(target);
          const own = settingsFor.get(target);
          return configured && own && own !== configured.settings
            ? [[target, this.masked(redactSettings(configured.plugin.settings, own))]]
            : [];
        }),
      ),
    };
  }

  private plugin(info: PluginInfo) {
    const { kind, name, label, contract } = info;
    const source = kind === 'source' ? this.registry.source(name) : undefined;
    const target = kind === 'target' ? this.registry.target(name) : undefined;
    return {
      kind,
      name,
      label,
      contract,
      source: source ? sourceSide(source) : null,
      target: target ? targetSide(target) : null,
    };
  }
}

const sourceSide = ({ methods, events, credentials, settings, setUp }: SourcePlugin) => ({
  methods,
  events: events.map(({ native, becomes, note }) => ({ native, becomes, note: note ?? null })),
  credentials: settingsSchema(credentials),
  settings: settingsSchema(settings),
  setUp: setUp ?? null,
});

const targetSide = ({ accepts, onUncertain, lookup, settings }: TargetPlugin) => ({
  accepts,
  onUncertain: onUncertain ?? 'resend',
  lookup: lookup !== undefined,
  settings: settingsSchema(settings),
});
