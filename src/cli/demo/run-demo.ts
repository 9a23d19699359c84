import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Wanted } from './arguments.js';
import { sealBeat, type Beat, type Scene } from './beat.js';
import { gatewayConfiguration } from './gateway-configuration.js';
import { GatewayFault, startGatewayChild } from './gateway-child.js';
import { alive, orInterrupted, untilInterrupted } from './interruption.js';
import { LedgerReader } from './ledger-reader.js';
import { openVendors, type Vendors } from './networks/vendors.js';
import { closePartners, falsify, openPartners, type Partners } from './partners/partners.js';
import { beliefOf } from './partners/belief.js';
import { followUp } from './play.js';
import type { Played } from './played.js';
import { reportOf, type Report } from './report.js';
import { loadKits, type Kits } from './sources.js';
import { story } from './story/story.js';
import { Stage, type Cast } from './stage.js';
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

/** The partners listen, the gateway is up; `undo` knows how to end both. */
async function begin(
  kits: Kits,
  beats: readonly Beat[],
  dir: string,
  undo: Undo,
  { tell, signal }: DemoParts,
): Promise<Cast> {
  const began = Date.now();
  const clicks = new Map<string, string>();
  const partners = await openPartners(beats.map((beat) => sealBeat(beat, kits, began, clicks)));
  undo.add(() => closePartners(partners));
  const vendors = await openVendors(dir, kits, clicks);
  undo.add(() => vendors.close());
  const wish = {
    configuration: gatewayConfiguration(kits, partners, ownCredentials(vendors)),
    environment: vendors.environment,
  };
  const starting = startGatewayChild(dir, wish, (stop) => undo.add(stop));
  const what = 'starting MongoDB, Redis and the gateway';
  const gateway = await withProgress(tell, what, orInterrupted(starting, signal));
  tell.started({ url: gateway.url, ms: Date.now() - began });
  return { kits, partners, gateway, clicks };
}

const ownCredentials = ({ hubspotToken }: Vendors) => ({ hubspot: { accessToken: hubspotToken } });

/** Plays everything and compares all books. */
async function playAll(cast: Cast, scenes: readonly Scene[], parts: DemoParts): Promise<Report> {
  const { gateway, partners } = cast;
  const ledger = new LedgerReader(gateway);
  try {
    const stage = new Stage(cast, ledger, parts);
    for (const scene of scenes) await stage.scene(scene);
    await waitForTheRest(ledger, partners, stage.played, parts);
    if (parts.wanted.break) parts.tell.note(`--break: ${falsify(partners)}`);
    const [receipts, events, deliveries] = await Promise.all([
      ledger.receipts(),
      ledger.events(),
      ledger.deliveries(),
    ]);
    return reportOf(stage, { receipts, events, deliveries }, partners);
  } catch (error) {
    if (!(error instanceof GatewayFault)) throw error;
    throw new GatewayFault(`${error.message}\nThe end of its log:\n${gateway.lastWords()}`);
  }
}

async function perform(parts: DemoParts, undo: Undo): Promise<boolean> {
  const { wanted, tell, signal } = parts;
  const began = Date.now();
  const dir = mkdtempSync(path.join(os.tmpdir(), 'waybill-demo-'));
  undo.add(() => rmSync(dir, { recursive: true, force: true, maxRetries: 5 }));
  const kits = await loadKits();
  const scenes = story(new Date(began - DAY_MS).toISOString().slice(0, 10), kits);
  const beats = scenes.flatMap((scene) => scene.beats);
  tell.opening({ sources: kits.size, notifications: beats.length, dir });
  const cast = await begin(kits, beats, dir, undo, parts);
  const report = await playAll(cast, scenes, parts);
  if (wanted.stay) {
    const { url, adminKey } = cast.gateway;
    tell.report(report, Date.now() - began);
    tell.note(`\nStill running at ${url}, admin key ${adminKey}. Ctrl-C ends it.`);
    await untilInterrupted(signal);
  }
  await withProgress(tell, 'stopping everything', undo.run());
  if (!wanted.stay) tell.report(report, Date.now() - began);
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
