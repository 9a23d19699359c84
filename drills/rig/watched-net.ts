// Loaded into a gateway with `node --import`: writes down every TCP connection that the process tries to open, and lets
// none through but those to its stores. Names below `.drill.example` are resolved here: no name server is asked.
import { appendFileSync } from 'node:fs';
import dns from 'node:dns';
import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';

/** A line of the file in DRILL_NET. */
export interface ConnectLine {
  readonly address: string;
  readonly port: number;
}

/** A root name server: public, and not to be reached from here all the same. */
export const PUBLIC_ADDRESS = '198.41.0.4';
const ECONNREFUSED = -111;

type Address = dns.LookupAddress;
const v4 = (address: string): Address => ({ address, family: 4 });
const v6 = (address: string): Address => ({ address, family: 6 });

const ANSWERS: Readonly<Record<string, (nth: number) => readonly Address[]>> = {
  public: () => [v4(PUBLIC_ADDRESS)],
  rebind: (nth) => [v4(nth % 2 === 1 ? PUBLIC_ADDRESS : '127.0.0.1')],
  mixed: () => [v4(PUBLIC_ADDRESS), v4('10.0.0.1')],
  mapped: () => [v6('::ffff:127.0.0.1')],
  many: () => [...Array.from({ length: 39 }, () => v4(PUBLIC_ADDRESS)), v4('169.254.169.254')],
  six: () => [v6('fd00:ec2::254'), v6('::1')],
  inner: () => [v4('127.0.0.1')],
};

/** What the name server of the attacker says, by the first part of the name; `nth` asks counted from 1. */
export const answersFor = (name: string, nth: number): readonly Address[] =>
  ANSWERS[name.split(/[.-]/)[0] ?? '']?.(nth) ?? [];

interface Handle {
  connect: (...args: unknown[]) => number;
  connect6: (...args: unknown[]) => number;
}

function watchSockets(file: string, allowed: ReadonlySet<number>): void {
  const { prototype } = net.Socket;
  const connect = Reflect.get(prototype, 'connect') as (...args: unknown[]) => net.Socket;
  const watched = function (this: net.Socket, ...args: unknown[]): net.Socket {
    this.on('connectionAttempt', (address: string, port: number) => {
      const line: ConnectLine = { address, port };
      if (allowed.has(port)) return;
      appendFileSync(file, `${JSON.stringify(line)}\n`);
      // There is no public way to stop an attempt that is announced; the handle's own answer looks like a closed port.
      const { _handle: handle } = this as unknown as { _handle: Handle };
      handle.connect = handle.connect6 = () => ECONNREFUSED;
    });
    return Reflect.apply(connect, this, args);
  };
  Object.assign(prototype, { connect: watched });
}

function answerNames(): void {
  const asked = new Map<string, number>();
  const real = dns.promises.lookup;
  const lookup = async (name: string, options: dns.LookupAllOptions): Promise<unknown> => {
    if (!name.endsWith('.drill.example')) return real(name, options);
    const nth = (asked.get(name) ?? 0) + 1;
    asked.set(name, nth);
    return answersFor(name, nth);
  };
  Object.assign(dns.promises, { lookup });
  syncBuiltinESMExports();
}

const { DRILL_NET: file, DRILL_NET_STORES: stores = '' } = process.env;
if (file !== undefined) {
  watchSockets(file, new Set(stores.split(',').map(Number)));
  answerNames();
}
