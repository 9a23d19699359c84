import type { VaultConfig } from '../config/process-config.js';
import type { HttpAnswer, HttpPort } from '../http/http-port.js';
import { jsonOf, memberOf, type Found, type SecretResolver } from './found.js';
import { managerDoor } from './metadata-door.js';

const NAME = /^([A-Za-z0-9][\w.-]*)\/((?:[\w.-]+\/)*[\w.-]+)#([\w.-]+)$/;
const LIMIT_MS = 5000;
const BODY_BYTES = 1024 * 1024;

/** Reads `{ data: { data: { <field>: … } } }`, the answer of a KV engine of version 2. */
function read(answer: HttpAnswer, name: string, field: string): Found {
  if (answer.kind === 'failure')
    return { rule: `needs ${name} from Vault, which cannot be reached (${answer.code})` };
  const { status, body } = answer;
  if (status === 403) return { rule: `needs ${name} from Vault, which refuses the token (403)` };
  if (status === 404) return { rule: `needs ${name} from Vault, which has no such secret (404)` };
  if (status !== 200) return { rule: `needs ${name} from Vault, which answered ${status}` };
  const parsed = jsonOf(body);
  if (parsed === undefined) return { rule: `needs ${name} from Vault, whose answer is not JSON` };
  const value = memberOf(memberOf(memberOf(parsed, 'data'), 'data'), field);
  if (typeof value === 'number') return { value: String(value) };
  return typeof value === 'string' && value !== ''
    ? { value }
    : { rule: `needs ${name} from Vault, whose secret has no such field` };
}

/**
 * `${vault:<mount>/<path>#<field>}` from HashiCorp Vault, KV version 2 (`GET /v1/<mount>/data/<path>`, header
 * `X-Vault-Token`; https://developer.hashicorp.com/vault/api-docs/secret/kv/kv-v2). Each reference is asked for when the
 * configuration is read. `null`: not set up; every such reference says so.
 */
export function vaultResolver(vault: VaultConfig | null, http?: HttpPort): SecretResolver {
  const port = vault ? (http ?? managerDoor(vault.address)) : undefined;
  return {
    kind: 'vault',
    find: async (name: string): Promise<Found> => {
      if (!vault || !port)
        return { rule: 'references Vault, but VAULT_ADDR and VAULT_TOKEN are not set' };
      const [, mount = '', path = '', field = ''] = NAME.exec(name) ?? [];
      const dots = `${mount}/${path}`.split('/').some((part) => /^\.+$/.test(part));
      if (field === '' || dots)
        return { rule: `has "${name}", which is not <mount>/<path>#<field>` };
      const namespace = vault.namespace === null ? {} : { 'x-vault-namespace': vault.namespace };
      const request = {
        method: 'GET',
        url: `${vault.address}/v1/${mount}/data/${path}`,
        headers: { 'x-vault-token': vault.token, ...namespace },
      };
      return read(
        await port.send(request, { totalMs: LIMIT_MS, bodyBytes: BODY_BYTES }),
        name,
        field,
      );
    },
  };
}
