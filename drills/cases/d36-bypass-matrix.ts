import { existsSync, readFileSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { attemptsOn, type Attempt } from '../rig/bypasses.js';
import {
  check,
  waitFor,
  type Check,
  type Drill,
  type DrillContext,
  type Verdict,
} from '../rig/drill.js';
import { openApiRoutes, type Route } from '../rig/routing-table.js';
import { saleOf } from '../rig/telling.js';
import { withWorld } from '../rig/with-world.js';
import { ADMIN_KEY, type World } from '../rig/world.js';

const PREFIX = '/api/v1';
/** Requests side by side. */
const AT_ONCE = 16;
const ANSWER_MS = 20_000;

interface Answer {
  readonly attempt: Attempt;
  /** 0: the connection was cut. */
  readonly status: number;
  readonly text: string;
}

/** Exactly these bytes. Without an agent over a connection of its own. */
function ask(base: URL, agent: http.Agent | false, attempt: Attempt): Promise<Answer> {
  const { method, path: where, headers, body } = attempt;
  const { hostname, port } = base;
  return new Promise((resolve) => {
    const cut = (): void => resolve({ attempt, status: 0, text: '' });
    const request = http.request(
      { hostname, port, method, path: where, headers, agent },
      (response) => {
        const chunks: Buffer[] = [];
        const whole = (): void =>
          resolve({
            attempt,
            status: response.statusCode ?? 0,
            text: Buffer.concat(chunks).toString('latin1'),
          });
        response.on('data', (chunk: Buffer) => {
          chunks.push(chunk);
          // The live tail has no end of its own: its beginning is the answer.
          if (!response.headers['content-type']?.startsWith('text/event-stream')) return;
          whole();
          response.destroy();
        });
        response.once('error', cut);
        response.once('end', whole);
      },
    );
    request.setTimeout(ANSWER_MS, () => request.destroy());
    request.once('error', cut);
    request.end(body);
  });
}

async function askAll(base: string, attempts: readonly Attempt[]): Promise<readonly Answer[]> {
  const agent = new http.Agent({ keepAlive: true, maxSockets: AT_ONCE });
  const answers: Answer[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let one = attempts[next++]; one; one = attempts[next++]) {
      const kept = await ask(new URL(base), agent, one);
      // A request that no server can read ends its connection, and another one may have been on its way there.
      answers.push(kept.status === 0 ? await ask(new URL(base), false, one) : kept);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  agent.destroy();
  return answers;
}

interface Routes {
  readonly locked: readonly Route[];
  readonly open: readonly Route[];
  readonly documented: readonly Route[];
}

async function routesOf(world: World): Promise<Routes> {
  const file = path.join(world.dir, 'r0/routes.json');
  if (!(await waitFor(() => existsSync(file), 10_000))) throw new Error('no routing table');
  const table = JSON.parse(readFileSync(file, 'utf8')) as readonly Route[];
  const response = await fetch(`${world.replica(0).url}/api/openapi.json`);
  const document = (await response.json()) as Parameters<typeof openApiRoutes>[0];
  const isLocked = ({ url }: Route): boolean => url.startsWith(PREFIX);
  return {
    locked: table.filter(isLocked),
    open: table.filter((route) => !isLocked(route)),
    documented: openApiRoutes(document),
  };
}

const nameOf = ({ method, url }: Route): string => `${method} ${url}`;

function onRoutes({ locked, documented }: Routes): Check {
  const router = new Set(locked.map(nameOf));
  const listed = new Set(documented.map(nameOf));
  const unrouted = [...listed].filter((name) => !router.has(name));
  // The router answers HEAD wherever it answers GET.
  const unlisted = [...router].filter((name) => !listed.has(name) && !name.startsWith('HEAD '));
  return check(
    'document and router name the same routes',
    unrouted.length + unlisted.length === 0 && listed.size > 20,
    `${listed.size} documented, ${router.size} routed; apart: ${[...unrouted, ...unlisted].join(', ') || 'none'}`,
  );
}

const handlersRun = (world: World): readonly string[] =>
  readFileSync(path.join(world.dir, 'r0/handlers.log'), 'utf8')
    .split('\n')
    .filter((line) => line !== '');

const few = (answers: readonly Answer[]): string =>
  answers
    .slice(0, 3)
    .map(({ attempt: { method, path: where }, status }) => `${status} ${method} ${where}`)
    .join('; ');

function onAnswers(answers: readonly Answer[], canaries: readonly string[]): Check[] {
  const entered = answers.filter(({ status }) => status >= 200 && status < 400);
  const broken = answers.filter(({ status }) => status >= 500);
  // What does not begin with a slash is no request line; the server says so on the bare connection and ends it.
  const cut = answers.filter(({ status, attempt }) => status === 0 && attempt.path.startsWith('/'));
  const telling = answers.filter(({ text }) => canaries.some((canary) => text.includes(canary)));
  const locked = answers.filter(({ status }) => status === 401).length;
  const all = answers.length;
  return [
    check('nobody is let in', entered.length === 0, `${entered.length} of ${all} ${few(entered)}`),
    check('most are told that a key is needed', locked > all / 3, `${locked} × 401 of ${all}`),
    check('no error of ours', broken.length === 0, `${broken.length} × 5xx ${few(broken)}`),
    check('every request is answered', cut.length === 0, `${cut.length} cut ${few(cut)}`),
    check('no answer holds the ledger', telling.length === 0, `${telling.length} ${few(telling)}`),
  ];
}

/** With the key the same handlers run, and the spy sees it: otherwise silence would prove nothing. */
async function control(world: World, { locked }: Routes): Promise<Check> {
  const before = handlersRun(world).length;
  const headers = { authorization: `Bearer ${ADMIN_KEY}` };
  const reads = locked.filter(({ method, url }) => method === 'GET' && !url.includes(':'));
  const asked = reads.map(({ url }) => ({ method: 'GET', path: url, headers, body: '' }));
  const answers = await askAll(world.replica(0).url, asked);
  const ran = handlersRun(world).length - before;
  // A read that wants a parameter is refused before its handler.
  const wanting = answers.filter(({ status }) => status === 400).length;
  return check(
    'with the key the handlers run',
    ran === reads.length - wanting && ran > 5,
    `${ran} runs of ${reads.length} reads, ${wanting} of which want a parameter`,
  );
}

async function tryAll(world: World): Promise<Verdict> {
  const sale = saleOf(7);
  await world.sender.tell(sale);
  await world.settled(30_000);
  const { db } = world.stores;
  const event = await db.collection('events').findOne({});
  const routes = await routesOf(world);
  const audited = await db.collection('audit').countDocuments();
  const early = handlersRun(world).length;
  const attempts = routes.locked.flatMap((route) => attemptsOn(route, String(event?._id)));
  const answers = await askAll(world.replica(0).url, attempts);
  const ran = handlersRun(world).slice(early);
  const written = (await db.collection('audit').countDocuments()) - audited;
  return {
    checks: [
      onRoutes(routes),
      check(
        '0 handlers run without a key',
        ran.length === 0,
        `${ran.length} in ${attempts.length} requests ${[...new Set(ran)].slice(0, 3).join(', ')}`,
      ),
      ...onAnswers(answers, [sale.order, ADMIN_KEY]),
      check('the audit log is as it was', written === 0, `${written} rows`),
      await control(world, routes),
      world.leaks(),
    ],
    facts: {
      routes: routes.locked.length,
      requests: attempts.length,
      open: routes.open.map(nameOf).join(', '),
    },
  };
}

const run = (context: DrillContext): Promise<Verdict> =>
  withWorld(context, { replicas: 1, entry: 'dist/drills/rig/spied-gateway.js' }, tryAll);

export const d36: Drill = {
  id: 'D36',
  title: 'every way around the lock of the admin API',
  bar: '0 handlers run without a key, whatever method, spelling, content type or header; nothing of the ledger in any answer; audit log unchanged',
  quick: true,
  run,
};
