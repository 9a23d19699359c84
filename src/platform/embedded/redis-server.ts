import { mkdir, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import path from 'node:path';
import { secretFromFile } from './secret-file.js';
import type { StoreKind } from './store-process.js';

/** What can be chosen about an embedded Redis. */
export interface RedisOptions {
  readonly dir: string;
  readonly appendOnly: boolean;
}

/** redis-server with an append-only file flushed every second. */
export function redisKind({ dir, appendOnly }: RedisOptions): StoreKind {
  return {
    name: 'redis-server',
    async command(port) {
      await mkdir(path.join(dir, 'data'), { recursive: true, mode: 0o700 });
      // In a file, because every user of the machine can read a command line.
      const file = path.join(dir, 'redis.conf');
      const text = configuration(dir, port, await passwordOf(dir), appendOnly);
      await writeFile(file, text, { mode: 0o600 });
      return [file];
    },
    async isUp(port) {
      return ping(port, await passwordOf(dir));
    },
  };
}

/** The address for the gateway. */
export async function redisUri(dir: string, port: number): Promise<string> {
  return `redis://:${await passwordOf(dir)}@127.0.0.1:${port}/0`;
}

function passwordOf(dir: string): Promise<string> {
  return secretFromFile(path.join(dir, 'password'));
}

function configuration(dir: string, port: number, password: string, appendOnly: boolean): string {
  const data = path.join(dir, 'data').replace(/[\\"]/g, '\\$&');
  return `# Written at every start.
bind 127.0.0.1
port ${port}
protected-mode yes
requirepass ${password}
daemonize no
dir "${data}"
appendonly ${appendOnly ? 'yes' : 'no'}
appendfsync everysec
# The append-only file is enough; a second copy would only cost a fork.
save ""
# Evicting keys would lose Bull's jobs in silence.
maxmemory-policy noeviction
`;
}

/** Whether our Redis (not someone else on this port) answers and has loaded its data. */
function ping(port: number, password: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(`AUTH ${password}\r\nPING\r\n`));
    let answer = '';
    const end = (up: boolean) => {
      socket.destroy();
      resolve(up);
    };
    socket.setTimeout(2000, () => end(false));
    socket.once('error', () => end(false));
    socket.once('close', () => end(false));
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1');
      if (answer.split('\r\n').length > 2) end(answer === '+OK\r\n+PONG\r\n');
    });
  });
}
