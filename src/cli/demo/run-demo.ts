import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Wanted } from './arguments.js';
import { sealBeat, type Beat, type Notification } from './beat.js';
import { gatewayConfiguration } from './gateway-configuration.js';
import { GatewayFault, startGatewayChild, type GatewayChild } from './gateway-child.js';
import { alive, orInterrupted } from './interruption.js';
import { LedgerReader } from './ledger-reader.js';
import {
  arrange,
  closePartners,
  falsify,
  openPartners,
  type Partners,
} from './partners/partners.js';
import { beliefOf } from './partners/belief.js';
import { followUp, Player } from './play.js';
import type { Played } from './played.js';
import { reportOf } from './report.js';
import { loadKits, type Kits } from './sources.js';
import { story } from './story/story.js';
import type { Teller } from './tell/teller.js';
import { Undo } from './undo.js';

const FOLLOW_UP_MS = 75_000;
const DAY_MS = 86_400_000;

export interface DemoParts {
  readonly wanted: Wanted;
  readonly tell: Teller;
  /** Aborted by a signal. */
  readonly signal: AbortSignal;
}

async function withProgress<T>(tell: Teller, what: string, work: Promise<T>): Promise<T> {
  const began = Date.now();
  const timer = setInterval(() => tell.progress(what, Date.now() - began), 100);
  try {
    return await work;
  } finally {
    clearInterval(timer);
  }
}

interface Cast {
  readonly kits: Kits;
  readonly partners: Partners;
  readonly gateway: GatewayChild;
}

async function playStory(
  { kits, partners, gateway }: Cast,
  scenes: ReturnType<typeof story>,
  ledger: LedgerReader,
  { tell, signal }: DemoParts,
): Promise<Played[]> {
  const player = new Player(gateway, ledger);
  const played: Played[] = [];
  const one = async (beat: Beat): Promise<void> => {
    alive(signal);
    const notification = sealBeat(beat, kits, Date.now());
    await arrange('before', partners, notification);
    const done = await player.play(notification);
    await arrange('after', partners, notification);
    tell.played(done, (delivery) => beliefOf(partners, delivery));
    played.push(done);
  };
  for (const scene of scenes) {
    tell.scene(scene);
    for (const beat of scene.beats) await one(beat);
  }
  return played;
}

async function waitForTheRest(
  ledger: LedgerReader,
  partners: Partners,
  played: readonly Played[],
  { tell, signal }: DemoParts,
): Promise<void> {
  const events = new Map(played.flatMap((one) => one.events.map((event) => [event.id, event])));
  tell.scene({ title: 'What is still on its way', beats: [] });
  await followUp(
    ledger,
    FOLLOW_UP_MS,
    (open) => {
      alive(signal);
      tell.waiting(open);
    },
    (delivery) => tell.settled(delivery, events.get(delivery.event), beliefOf(partners, delivery)),
  );
}

async function look({ url, adminKey }: GatewayChild, parts: DemoParts): Promise<void> {
  parts.tell.note(`\nStill running at ${url} (admin key ${adminKey}). Ctrl-C ends it.`);
  await new Promise<void>((resolve) => {
    if (parts.signal.aborted) resolve();
    parts.signal.addEventListener('abort', () => resolve(), { once: true });
    // An abort listener alone does not keep the process alive.
    const timer = setInterval(() => undefined, 60_000);
    parts.signal.addEventListener('abort', () => clearInterval(timer), { once: true });
  });
}

async function perform(parts: DemoParts, undo: Undo): Promise<boolean> {
  const { wanted, tell, signal } = parts;
  const began = Date.now();
  const dir = mkdtempSync(path.join(os.tmpdir(), 'waybill-demo-'));
  undo.add(() => rmSync(dir, { recursive: true, force: true, maxRetries: 5 }));
  const kits = await loadKits();
  const scenes = story(new Date(began - DAY_MS).toISOString().slice(0, 10));
  const beats = scenes.flatMap((scene) => scene.beats);
  tell.opening({ notifications: beats.length, dir });
  const notifications: Notification[] = beats.map((beat) => sealBeat(beat, kits, began));
  const partners = await openPartners(notifications);
  undo.add(() => closePartners(partners));
  const starting = startGatewayChild(dir, gatewayConfiguration(kits, partners), (stop) =>
    undo.add(stop),
  );
  const gateway = await withProgress(
    tell,
    'starting MongoDB, Redis and the gateway',
    orInterrupted(starting, signal),
  );
  tell.started({ url: gateway.url, ms: Date.now() - began });
  const ledger = new LedgerReader(gateway);
  const played = await playStory({ kits, partners, gateway }, scenes, ledger, parts);
  await waitForTheRest(ledger, partners, played, parts);
  if (wanted.break) tell.note(`--break: ${falsify(partners)}`);
  const [receipts, events, deliveries] = await Promise.all([
    ledger.receipts(),
    ledger.events(),
    ledger.deliveries(),
  ]);
  const report = reportOf(played, { receipts, events, deliveries }, partners);
  if (wanted.stay) {
    tell.report(report, Date.now() - began);
    await look(gateway, parts);
    return report.ok;
  }
  await withProgress(tell, 'stopping everything', undo.run());
  tell.report(report, Date.now() - began);
  return report.ok;
}

/** The whole demo; true when all books agree. Whatever happens, everything that was started is stopped and removed. */
export async function runDemo(parts: DemoParts): Promise<boolean> {
  const undo = new Undo();
  try {
    return await perform(parts, undo);
  } finally {
    await undo.run();
  }
}
