import { afterEach, describe, expect, test } from '@jest/globals';
import { answer, type Answerer, listen, type Loopback } from './loopback.fixture.js';
import { OutboundGuard } from './outbound-guard.js';
import { type PoolOptions, poolTransport, type TargetPool } from './pool-transport.js';

const guard = new OutboundGuard({ allowPrivate: ['127.0.0.0/8'] });
let pool: TargetPool;
let server: Loopback;

const start = async (answerer: Answerer, options: PoolOptions): Promise<void> => {
  server = await listen(answerer);
  pool = poolTransport(guard, options);
};
const send = (path: string, totalMs = 1_000) =>
  pool.send({ method: 'POST', url: `${server.origin}${path}`, body: path }, { totalMs });

afterEach(async () => {
  await pool.close();
  await server.close();
});

describe('pooled transport', () => {
  test('at most `sockets` connections, one request at a time on each, all answered with their own answer', async () => {
    let busy = 0;
    let most = 0;
    const answerer: Answerer = (socket, { body }) => {
      most = Math.max(most, (busy += 1));
      setTimeout(() => {
        busy -= 1;
        socket.write(answer(200, body.toString()));
      }, 2);
    };
    await start(answerer, { sockets: 4 });
    const paths = Array.from({ length: 100 }, (_, i) => `/${i}`);
    const answers = await Promise.all(paths.map((path) => send(path)));
    expect(answers.map((result) => (result.kind === 'response' ? result.body : result))).toEqual(
      paths,
    );
    expect([server.connections(), most]).toEqual([4, 4]);
  });

  test('a request that times out while it waits for a socket is not sent, not even later, and costs no socket', async () => {
    await start((socket) => setTimeout(() => socket.write(answer(200)), 80), { sockets: 1 });
    const first = send('/first');
    const second = send('/second', 30);
    expect(await second).toMatchObject({ code: 'WB_HTTP_TIMEOUT', sent: false });
    expect(await first).toMatchObject({ status: 200 });
    expect(await send('/third')).toMatchObject({ status: 200 });
    expect(server.requests.map(({ path }) => path)).toEqual(['/first', '/third']);
    expect(server.connections()).toBe(1);
  });

  test('one request that times out under way harms no other', async () => {
    const answerer: Answerer = (socket, { path }) => {
      if (path !== '/hang') socket.write(answer(200, path));
    };
    await start(answerer, { sockets: 2 });
    const hang = send('/hang', 40);
    const others = await Promise.all(['/a', '/b', '/c'].map((path) => send(path)));
    expect(others.every((result) => result.kind === 'response')).toBe(true);
    expect(await hang).toMatchObject({ code: 'WB_HTTP_TIMEOUT', sent: true });
    expect(await send('/after')).toMatchObject({ body: '/after' });
  });

  test('a connection that the partner closed while idle is not used again', async () => {
    const answerer: Answerer = (socket) => {
      socket.write(answer(200, 'bye'));
      setTimeout(() => socket.end(), 5);
    };
    await start(answerer, {});
    for (let i = 0; i < 5; i += 1) {
      expect(await send('/')).toMatchObject({ body: 'bye' });
      await new Promise((done) => setTimeout(done, 15));
    }
    expect(server.connections()).toBe(5);
  });

  test('more origins than it keeps pools for: the oldest are closed, all are answered', async () => {
    await start((socket) => socket.write(answer(200)), {});
    const wide = await listen((socket) => socket.write(answer(200)), '0.0.0.0');
    const urls = Array.from({ length: 70 }, (_, i) => `http://127.0.0.${i + 1}:${wide.port}/`);
    const answers = await Promise.all(urls.map((url) => pool.send({ method: 'GET', url })));
    expect(answers.filter(({ kind }) => kind === 'response')).toHaveLength(70);
    await new Promise((done) => setTimeout(done, 30));
    expect([wide.connections(), wide.open()]).toEqual([70, 32]);
    await wide.close();
  });
});
