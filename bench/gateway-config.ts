import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { stringify } from 'yaml';
import { SIGNING_SECRET } from './payload.js';
import { accountOf, FAN_OUTS, targetOf } from './scenarios.js';
import type { Surroundings } from './variants.js';

/** Carries the deliveries; any target plugin that sends one GET with the click id in its query would do. */
const TARGET_PLUGIN = 'postback';
const QUERY = 'p?cid={click_id}&txid={order_id}';

/** Writes the `waybill.yaml` of a run and returns its path: one account per fan-out, one target per partner. */
export async function gatewayConfig({ dir, sinkUrl }: Surroundings): Promise<string> {
  const targets = Array.from({ length: Math.max(...FAN_OUTS) }, (_, index) => ({
    id: targetOf(index),
    target: TARGET_PLUGIN,
    settings: { method: 'GET', url: `${sinkUrl}/${targetOf(index)}/${QUERY}` },
  }));
  const file = path.join(dir, 'waybill.yaml');
  const text = stringify({
    accounts: FAN_OUTS.map((count) => ({
      id: accountOf(count),
      source: 'stripe',
      credentials: { signingSecret: SIGNING_SECRET },
    })),
    targets,
    routes: FAN_OUTS.filter((count) => count > 0).map((count) => ({
      id: `to-${count}`,
      from: accountOf(count),
      to: targets.slice(0, count).map(({ id }) => id),
    })),
  });
  await writeFile(file, text);
  return file;
}
