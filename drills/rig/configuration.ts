import { SIGNING_SECRET } from './telling.js';

export const ADMIN_KEY = 'wbk_drill-admin-key-0123456789';
export const HASH_KEY = 'drill-hash-key-0123456789abcdef0123456789';

/** What a gateway of the rig is started with. */
export const environment = (
  file: string,
  data: string,
  { mongodbUri, redisUrl }: { readonly mongodbUri: string; readonly redisUrl: string },
): Record<string, string> => ({
  HOST: '127.0.0.1',
  MONGODB_URI: mongodbUri,
  REDIS_URL: redisUrl,
  WAYBILL_CONFIG: file,
  WAYBILL_DATA: data,
  WAYBILL_KEY: HASH_KEY,
  WAYBILL_ADMIN_KEY: ADMIN_KEY,
  WAYBILL_ALLOW_PRIVATE_TARGETS: '127.0.0.0/8,::1/128',
  DRAIN_DELAY: '0',
});

/** One account that tells every partner. */
export function yamlFor(
  url: string,
  names: readonly string[],
  options: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
): string {
  const targets = names.map((name) => {
    const { settings, ...rest } = options[name] ?? {};
    const own = {
      method: 'GET',
      url: `${url}/${name}/p?cid={click_id}&eid={event_id}&txid={order_id}&et={event_type}&amt={amount}`,
    };
    return { id: name, target: 'postback', settings: Object.assign(own, settings), ...rest };
  });
  // JSON is YAML.
  return JSON.stringify({
    accounts: [{ id: 'shop', source: 'stripe', credentials: { signingSecret: SIGNING_SECRET } }],
    targets,
    routes: [{ from: 'shop', to: names }],
  });
}
