import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { stringify } from 'yaml';
import { SIGNING_SECRET } from './payload.js';
import { ACCOUNTS, OFFER, TARGETS, targetOf } from './scenarios.js';
import type { Surroundings } from './variants.js';

/** Carries the deliveries; any target plugin that sends one GET with the click id in its query would do. */
const TARGET_PLUGIN = 'postback';
const QUERY = 'p?cid={click_id}&txid={order_id}';

/** Writes the `waybill.yaml` of a run and returns its path: every account, and one target per partner. */
export async function gatewayConfig({ dir, sinkUrl }: Surroundings): Promise<string> {
  const file = path.join(dir, 'waybill.yaml');
  const text = stringify({
    accounts: [...ACCOUNTS.keys()].map((id) => ({
      id,
      source: 'stripe',
      credentials: { signingSecret: SIGNING_SECRET },
    })),
    targets: TARGETS.map((index) => ({
      id: targetOf(index),
      target: TARGET_PLUGIN,
      settings: { method: 'GET', url: `${sinkUrl}/${targetOf(index)}/${QUERY}` },
    })),
    routes: [...ACCOUNTS]
      .filter(([, targets]) => targets.length > 0)
      .map(([account, targets]) => ({
        id: `of-${account}`,
        from: account,
        to: targets.map(targetOf),
      })),
    offers: [
      { id: OFFER, url: 'https://shop.example/?tid={click_id}&aff={affiliate_id}', cookie: true },
    ],
  });
  await writeFile(file, text);
  return file;
}
