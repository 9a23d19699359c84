import type { ClickExpiry } from '../clicks/expiry.js';
import type { Clock } from '../platform/clock/clock.js';
import type { LateAttribution } from './late-attribution.js';

/** Of expired touches in one run, so that expiry keeps up with more clicks than one batch per run. */
const BATCHES = 20;

/** What is to be done about clicks now and then, on every worker: each step may be done twice without harm. */
export class ClickTender {
  constructor(
    private readonly late: LateAttribution,
    private readonly expiry: ClickExpiry,
    private readonly clock: Clock,
  ) {}

  /** Clicks and conversions that found each other late, and touches whose time has come. */
  async run(): Promise<void> {
    await this.late.run();
    for (let batch = 0; batch < BATCHES; batch += 1)
      if ((await this.expiry.run(this.clock.now())) === 0) break;
  }
}
