import { pause } from './drill.js';
import type { Replica } from './replica.js';
import type { World } from './world.js';

const LOOK_MS = 100;
const PROBE_MS = 1000;

/**
 * What an orchestrator and its balancer do: starts processes that died, and sends requests only where somebody answers.
 * A process whose event loop stands still is left alone; it gets no requests.
 */
export class Keeper {
  private readonly well = new Set<Replica>();
  private readonly running: Promise<unknown>;
  private stopped = false;
  private turn = 0;
  /** Processes that died by themselves. */
  deaths = 0;
  /** Milliseconds during which at least one living process did not answer. */
  silentMs = 0;

  constructor(private readonly world: World) {
    for (const replica of world.replicas) this.well.add(replica);
    this.running = Promise.all(world.replicas.map((replica) => this.keep(replica)));
  }

  /** The next process that answers, in turn. */
  nextUrl(): string {
    const well = [...this.well];
    this.turn += 1;
    return (well[this.turn % well.length] ?? this.world.replica(0)).url;
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.running;
  }

  private async keep(replica: Replica): Promise<void> {
    while (!this.stopped) {
      if (!replica.running) await this.revive(replica);
      else await this.probe(replica);
      await pause(LOOK_MS);
    }
  }

  private async revive(replica: Replica): Promise<void> {
    this.well.delete(replica);
    this.deaths += 1;
    await this.world.noteCrash(`${replica.name} died`);
    replica.launch();
    while (!this.stopped && replica.running && !(await replica.isReady())) await pause(LOOK_MS);
    if (replica.running) this.well.add(replica);
  }

  private async probe(replica: Replica): Promise<void> {
    const began = Date.now();
    const alive = await fetch(`${replica.url}/livez`, {
      signal: AbortSignal.timeout(PROBE_MS),
    }).then(
      async (response) => {
        await response.text();
        return response.ok;
      },
      () => false,
    );
    if (alive) this.well.add(replica);
    else if (replica.running) {
      this.well.delete(replica);
      this.silentMs += Date.now() - began;
    }
  }
}
