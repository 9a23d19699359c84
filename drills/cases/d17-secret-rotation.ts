import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Balancer } from '../rig/balancer.js';
import { nothingLeaked } from '../rig/canaries.js';
import { yamlFor } from '../rig/configuration.js';
import {
  check,
  pause,
  scale,
  waitFor,
  type Check,
  type Drill,
  type DrillContext,
  type Verdict,
} from '../rig/drill.js';
import { saleOf, sealed, SIGNING_SECRET } from '../rig/telling.js';
import { withWorld } from '../rig/with-world.js';
import type { World } from '../rig/world.js';

const NEW_SECRET = 'whsec_sampleNotReal0000000000000002';
const DRAIN_S = 5;
/** Numbers of forged sales, far from the real ones: one of them in the ledger would be one that nobody sent. */
const FORGED = 5_000_000;

/** Which secret the network signs with, and how often it used each. */
interface Signing {
  which: 'old' | 'mixed' | 'fresh';
  old: number;
  fresh: number;
}

/** The configuration with both secrets; the old one counts until `notAfter` (epoch ms). */
function rotated(partnersUrl: string, notAfter: number): string {
  const plain = JSON.parse(yamlFor(partnersUrl, ['p0'], {})) as { accounts: object[] };
  const credentials = [
    { id: 'new', signingSecret: NEW_SECRET },
    { id: 'old', signingSecret: SIGNING_SECRET, notAfter: new Date(notAfter).toISOString() },
  ];
  const accounts = plain.accounts.map((account) => ({ ...account, credentials }));
  return JSON.stringify({ ...plain, accounts });
}

async function roll(world: World, balancer: Balancer): Promise<void> {
  for (const [i, replica] of world.replicas.entries()) {
    await replica.stop();
    await replica.start();
    await waitFor(() => balancer.isReady(i), 20_000, 20);
  }
}

/** Answers to `count` sales under the old secret, by status. */
async function tryOld(world: World, count: number): Promise<Map<number, number>> {
  const answers = new Map<number, number>();
  for (let i = 0; i < count; i += 1) {
    const { headers, body } = sealed(saleOf(FORGED + i), Date.now(), SIGNING_SECRET);
    const status = await world.sender.post(world.nextUrl(), headers, body);
    answers.set(status, (answers.get(status) ?? 0) + 1);
  }
  return answers;
}

function onRefusals(answers: ReadonlyMap<number, number>, count: number): Check {
  // 429 is what a caller hears that has failed too often.
  const refused = (answers.get(401) ?? 0) + (answers.get(429) ?? 0);
  const seen = [...answers].map(([status, n]) => `${n} × ${status}`).join(', ');
  return check('the old secret is refused afterwards', refused === count, `${seen} of ${count}`);
}

const isRefusal = ({ status }: { readonly status: number }): boolean =>
  status < 200 || status >= 300;

/** The network goes from the old secret over both to the new one. Resolves at `ends`. */
async function window(
  world: World,
  balancer: Balancer,
  signing: Signing,
  ends: number,
): Promise<Check> {
  await writeFile(path.join(world.dir, 'waybill.yaml'), rotated(world.partners.url, ends));
  await roll(world, balancer);
  signing.which = 'mixed';
  const open = ends - Date.now();
  await pause(Math.max(0, open - 1500));
  signing.which = 'fresh';
  await pause(Math.max(0, ends + 500 - Date.now()));
  return check('both counted for a while', open > 4000, `${Math.round(open / 1000)} s`);
}

async function rotate(
  world: World,
  balancer: Balancer,
  context: DrillContext,
  windowMs: number,
): Promise<Check[]> {
  const signing: Signing = { which: 'old', old: 0, fresh: 0 };
  world.sender.secret = () => {
    const mixed = signing.which === 'mixed';
    const old = mixed ? context.random.next() < 0.5 : signing.which === 'old';
    signing[old ? 'old' : 'fresh'] += 1;
    return old ? SIGNING_SECRET : NEW_SECRET;
  };
  let going = true;
  const order = { connections: 8, perSecond: scale(context, 150, 50), until: () => !going };
  const sending = world.sender.run({ ...order, from: 0, count: 1e6 });
  const open = await window(world, balancer, signing, Date.now() + windowMs);
  const { tries } = world.sender;
  const before = tries.length;
  const failed = tries.filter(isRefusal).length;
  const count = scale(context, 2000, 200);
  const answers = await tryOld(world, count);
  going = false;
  await sending;
  const others = tries.slice(before).filter(isRefusal).length - count;
  const { old, fresh } = signing;
  return [
    open,
    check('both secrets were used', old > 100 && fresh > 100, `${old} old, ${fresh} new`),
    check('0 refused while both counted', failed === 0, `${failed} of ${before}`),
    onRefusals(answers, count),
    check('the new secret is never refused', others === 0, `${others} were`),
  ];
}

function newSecretHidden({ replicas, sender }: World): Check {
  const places = { files: replicas.map(({ log }) => log), dirs: [], texts: sender.errorBodies };
  const found = nothingLeaked({ 'the new secret': NEW_SECRET }, places);
  return { ...found, name: 'L8 for the new secret' };
}

async function run(context: DrillContext): Promise<Verdict> {
  const began = Date.now();
  return withWorld(context, { env: { DRAIN_DELAY: String(DRAIN_S) } }, async (world) => {
    // Both replicas restart one after the other; how long that takes is up to the machine.
    const rollMs = 2 * (Date.now() - began + DRAIN_S * 1000 + 2000);
    const balancer = await Balancer.open(world.replicas.map(({ url }) => url));
    world.entrance = balancer.url;
    try {
      const windowMs = rollMs + scale(context, 20_000, 8000);
      const rotation = await rotate(world, balancer, context, windowMs);
      const calm = await world.settled(120_000);
      return {
        checks: [
          ...rotation,
          check('settled in 120 s', calm, calm ? 'yes' : 'no'),
          ...(await world.judge()),
          newSecretHidden(world),
        ],
        facts: { accepted: world.sender.acceptedCount },
      };
    } finally {
      await balancer.close();
    }
  });
}

export const d17: Drill = {
  id: 'D17',
  title: 'rotation of a signing secret under load',
  bar: '0 valid notifications refused while both secrets count, 100 % of the old ones afterwards',
  quick: true,
  alone: true,
  run,
};
