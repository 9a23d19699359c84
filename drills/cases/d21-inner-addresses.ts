import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import path from 'node:path';
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
import { HOSTILE_NAMES, innerHosts } from '../rig/inner-hosts.js';
import { readJournal } from '../rig/journal.js';
import { preload } from '../rig/preload.js';
import { PUBLIC_ADDRESS, type ConnectLine } from '../rig/watched-net.js';
import { saleOf, SIGNING_SECRET } from '../rig/telling.js';
import { withWorld } from '../rig/with-world.js';
import type { World } from '../rig/world.js';

/** One of the three ports that the gateway may use without being told, and no privilege is needed to listen there. */
const TRAP_PORT = 8443;
/** Targets of one start, and of one event. */
const AT_ONCE = 60;

interface Trap {
  readonly server: Server;
  caught: number;
}

async function openTrap(): Promise<Trap | undefined> {
  const trap: Trap = { server: createServer(), caught: 0 };
  trap.server.on('connection', (socket) => {
    trap.caught += 1;
    socket.destroy();
  });
  return new Promise((resolve) => {
    trap.server.once('error', () => resolve(undefined));
    trap.server.listen(TRAP_PORT, () => resolve(trap));
  });
}

const yamlFor = (hosts: readonly string[]): string =>
  JSON.stringify({
    accounts: [{ id: 'shop', source: 'stripe', credentials: { signingSecret: SIGNING_SECRET } }],
    targets: hosts.map((host, i) => ({
      id: `t${i}`,
      target: 'postback',
      settings: { method: 'GET', url: `https://${host}:${TRAP_PORT}/p?cid={click_id}` },
    })),
    routes: [{ from: 'shop', to: hosts.map((_, i) => `t${i}`).slice(0, AT_ONCE) }],
  });

/** Hosts that the start of a gateway names as faults. */
function refusedIn(text: string, hosts: readonly string[]): Set<string> {
  const named = [...text.matchAll(/\btargets\[(\d+)\]/g)].map(([, i]) => hosts[Number(i)]);
  return new Set(named.filter((host) => host !== undefined));
}

/** Offers the hosts as targets until a gateway starts with what is left, at most one round of sends. */
async function offer(world: World, hosts: readonly string[]): Promise<readonly string[]> {
  const replica = world.replica(0);
  let left = hosts;
  for (let round = 0; round < 3 && left.length > 0; round += 1) {
    writeFileSync(path.join(world.dir, 'waybill.yaml'), yamlFor(left));
    const from = readFileSync(replica.log).length;
    replica.launch();
    const up = await waitFor(async () => !replica.running || (await replica.isReady()), 60_000, 50);
    if (up && replica.running) return left;
    const refused = refusedIn(readFileSync(replica.log).subarray(from).toString(), left);
    if (refused.size === 0)
      throw new Error(`the start said nothing useful: ${replica.lastWords()}`);
    left = left.filter((host) => !refused.has(host));
  }
  return left;
}

/** What a running gateway does with those it took: sales to all of them, and every connection that comes of it. */
async function sendThere(world: World, seconds: number): Promise<void> {
  for (let n = 0; n < 3; n += 1) await world.sender.tell(saleOf(n), { tries: 3 });
  await pause(seconds * 1000);
}

const isPublic = ({ address }: ConnectLine): boolean => address === PUBLIC_ADDRESS;

async function drill(world: World, netFile: string, context: DrillContext): Promise<Verdict> {
  const replica = world.replica(0);
  await replica.stop();
  const literals = innerHosts(context.random, scale(context, 3000, 600));
  const takenLiterals = await offer(world, literals);
  if (takenLiterals.length > 0) await sendThere(world, 8);
  await replica.stop();
  const takenNames = await offer(world, HOSTILE_NAMES);
  await sendThere(world, scale(context, 40, 20));
  await replica.stop();
  const lines = readJournal<ConnectLine>(netFile);
  const inner = lines.filter((line) => !isPublic(line));
  return {
    checks: [
      check(
        'literals',
        literals.length >= scale(context, 3000, 600),
        `${literals.length} spellings`,
      ),
      check('literals are refused at the start', takenLiterals.length === 0, few(takenLiterals)),
      check(
        'names are only judged when they are called',
        takenNames.length === HOSTILE_NAMES.length,
        few(takenNames),
      ),
      onControl(lines),
      check(
        '0 connections to inner addresses',
        inner.length === 0,
        few(inner.map(({ address, port }) => `${address}:${port}`)),
      ),
    ],
    facts: { spellings: literals.length, names: HOSTILE_NAMES.length, connects: lines.length },
  };
}

const few = (list: readonly string[]): string =>
  `${list.length}${list.length === 0 ? '' : `: ${list.slice(0, 5).join(', ')}`}`;

/** Without this the silence of the watch would prove nothing. */
function onControl(lines: readonly ConnectLine[]): Check {
  const seen = lines.filter(isPublic).length;
  return check('public addresses are called, and seen', seen > 0, `${seen} attempts`);
}

async function run(context: DrillContext): Promise<Verdict> {
  const trap = await openTrap();
  const netFile = path.join(context.dir, 'connects.ndjson');
  writeFileSync(netFile, '');
  let stores = '';
  const through = async ({ mongodbUri, redisUrl }: { mongodbUri: string; redisUrl: string }) => {
    stores = [mongodbUri, redisUrl].map((url) => new URL(url).port).join(',');
    return { mongodbUri, redisUrl };
  };
  const envOf = () => ({
    ...preload('watched-net'),
    DRILL_NET: netFile,
    DRILL_NET_STORES: stores,
    WAYBILL_ALLOW_PRIVATE_TARGETS: '',
  });
  const yaml = (): string => yamlFor(['public.drill.example']);
  try {
    return await withWorld(context, { replicas: 1, through, envOf, yaml }, async (world) => {
      const verdict = await drill(world, netFile, context);
      const caught = trap?.caught ?? 0;
      const seen = trap
        ? `${caught} connections`
        : `port ${TRAP_PORT} is taken; the watch inside the gateway stands alone`;
      return {
        ...verdict,
        checks: [...verdict.checks, check('the trap stays empty', caught === 0, seen)],
      };
    });
  } finally {
    trap?.server.close();
  }
}

export const d21: Drill = {
  id: 'D21',
  title: 'targets that are inner addresses in disguise',
  bar: '0 TCP connections to addresses that are not public, however they are spelt or resolved',
  quick: true,
  run,
};
