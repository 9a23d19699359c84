// Loaded into a gateway with `node --import`: its wall clock is wrong by what the file in DRILL_CLOCK says, as if the
// machine's were. Timers keep their pace, as they do when a real clock is set.
import { appendFileSync, readFileSync } from 'node:fs';

const LOOK_MS = 50;

/** A line of the file beside it: at `real` (epoch ms) this process believed it was `believed`. */
export interface ClockLine {
  readonly offset: number;
  readonly real: number;
  readonly believed: number;
}

function install(file: string): void {
  const RealDate = Date;
  const realNow = Date.now.bind(Date);
  let offset = 0;
  const now = (): number => realNow() + offset;
  const look = (): void => {
    const wanted = Number(readFileSync(file, 'utf8'));
    if (wanted === offset) return;
    offset = wanted;
    // Asked for in the way that the gateway asks, so that the line proves what it will be told.
    const line: ClockLine = { offset, real: realNow(), believed: new Date().getTime() };
    appendFileSync(`${file}.seen`, `${JSON.stringify(line)}\n`);
  };
  globalThis.Date = new Proxy(RealDate, {
    construct: (target, args, newTarget) =>
      Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget) as object,
    apply: () => new RealDate(now()).toString(),
  });
  RealDate.now = now;
  look();
  // A process that starts while the clock is wrong takes its beginning for that.
  Object.defineProperty(performance, 'timeOrigin', { value: performance.timeOrigin + offset });
  setInterval(look, LOOK_MS).unref();
}

const file = process.env['DRILL_CLOCK'];
if (file !== undefined) install(file);
