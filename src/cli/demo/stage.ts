import { sealBeat, type Beat, type Scene } from './beat.js';
import type { GatewayChild } from './gateway-child.js';
import { alive } from './interruption.js';
import type { LedgerReader } from './ledger-reader.js';
import { beliefOf } from './partners/belief.js';
import { arrange, type Partners } from './partners/partners.js';
import { Player } from './play.js';
import type { Played } from './played.js';
import type { Kits } from './sources.js';
import type { Teller } from './tell/teller.js';
import { follow, type Visit, type Visited } from './visit.js';

/** Clicks become events of this account. */
const CLICKS_ACCOUNT = 'track';

/** What the stage tells, and what ends it early. */
export interface StageParts {
  readonly tell: Teller;
  /** Aborted by a signal. */
  readonly signal: AbortSignal;
}

/** Everybody who takes part. */
export interface Cast {
  readonly kits: Kits;
  readonly partners: Partners;
  readonly gateway: GatewayChild;
  /** Click ids of the visits so far. */
  readonly clicks: Map<string, string>;
}

/** Plays one thing after the other, and many of a kind side by side: only beats of one source keep their order. */
export class Stage {
  readonly played: Played[] = [];
  readonly visited: Visited[] = [];
  private readonly player: Player;

  constructor(
    private readonly cast: Cast,
    private readonly ledger: LedgerReader,
    private readonly parts: StageParts,
  ) {
    this.player = new Player(cast.gateway, ledger);
  }

  async scene(scene: Scene): Promise<void> {
    this.parts.tell.scene(scene);
    for (const one of scene.visits ?? []) await this.visit(one);
    if (scene.visits) await this.player.passOver(CLICKS_ACCOUNT);
    const chains = new Map<string, Promise<unknown>>();
    const running = scene.beats.map((beat) => {
      const chain = scene.brief ? beat.source : '';
      const next = (chains.get(chain) ?? Promise.resolve()).then(() => this.play(beat));
      // Whoever waits below hears of it; the others must not end the process.
      next.catch(() => undefined);
      chains.set(chain, next);
      return next;
    });
    for (const one of running) this.tell(await one, scene);
  }

  private tell(done: Played, { brief }: Scene): void {
    const { partners } = this.cast;
    this.parts.tell.played(done, (delivery) => beliefOf(partners, delivery), brief === true);
    this.played.push(done);
  }

  private async visit(visit: Visit): Promise<void> {
    alive(this.parts.signal);
    const before = this.visited.find((other) => other.visit.name === visit.browserOf);
    const done = await follow(visit, this.cast.gateway, this.ledger, before?.cookie ?? '');
    this.cast.clicks.set(visit.name, done.clickId);
    this.visited.push(done);
    this.parts.tell.visited(done);
  }

  private async play(beat: Beat): Promise<Played> {
    const { kits, partners, clicks } = this.cast;
    alive(this.parts.signal);
    const notification = sealBeat(beat, kits, Date.now(), clicks);
    await arrange('before', partners, notification);
    const done = await this.player.play(notification);
    await arrange('after', partners, notification);
    return done;
  }
}
