import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { SecretKeyError } from './accounts/live/canary.js';
import { LiveConfiguration } from './accounts/live/live-configuration.js';
import { AppModule, type AppParts } from './app.module.js';
import { problemFrom } from './admin/problems/problem-from.js';
import { sendProblem } from './admin/problems/problem-filter.js';
import { ReplayRunner } from './admin/replays/replay-runner.js';
import { setUpAdmin } from './admin/set-up.js';
import { OpenStreams } from './admin/streams/open-streams.js';
import { ClickAttribution } from './clicks/click-attribution.js';
import { ClickWriter } from './clicks/click-writer.js';
import { findingsOf } from './clicks/findings.js';
import { Redirect } from './clicks/redirect.js';
import { Delivery } from './deliver/delivery.js';
import { Enriching } from './enrich/enriching.js';
import { Drain } from './health/drain.js';
import { ReadinessCheck } from './health/readiness.js';
import { SilentConnections } from './health/silent-connections.js';
import { Door } from './ingest/door.js';
import { ClickEvents } from './ingest/click-events.js';
import { doorRoute } from './ingest/door-route.js';
import { linkRoute } from './ingest/link-route.js';
import { Ledger } from './ledger/ledger.js';
import { SchemaGate } from './ledger/schema/schema-gate.js';
import type { FaultPointName } from './platform/fault/fault-point.js';
import { Metrics } from './platform/metrics/metrics.js';
import { NestLog } from './platform/log/nest-log.js';
import { MongoStore } from './platform/mongo/mongo-store.js';
import { RedisStore } from './platform/redis/redis-store.js';
import { FAULT_POINT } from './platform/tokens.js';

/** A running gateway. */
export interface Gateway {
  readonly app: NestFastifyApplication;
  /**
   * Resolves when schema and configuration are in place; waits for MongoDB, or for a migration, as long as it takes. Rejects with
   * `SecretKeyError` when stored secrets cannot be opened.
   */
  readonly prepared: Promise<void>;
  /** Base URL, without a slash at the end. */
  readonly url: string;
  /** The drain order of docs/operations.md; resolves when everything is closed. */
  stop(): Promise<void>;
}

/** Slow senders must not hold sockets; a balancer's idle connections must outlive its own limit of 60 s. */
function adapter(trustProxy: readonly string[]): FastifyAdapter {
  return new FastifyAdapter({
    logger: false,
    bodyLimit: 1_048_576,
    trustProxy: trustProxy.length > 0 ? [...trustProxy] : false,
    requestTimeout: 20_000,
    keepAliveTimeout: 65_000,
    maxRequestsPerSocket: 100_000,
    http: { headersTimeout: 10_000, connectionsCheckingInterval: 5_000 },
    return503OnClosing: false,
    // Paths that no router can read never reach a hook or a filter; they get the same words as other unknown ones.
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) => {
      void sendProblem(request, reply, problemFrom(error));
    },
    routerOptions: { maxParamLength: 256, ignoreTrailingSlash: false },
  });
}

/** Again and again, with a pause in between, until it says yes or the process drains. */
async function persist(
  app: NestFastifyApplication,
  { log }: AppParts,
  work: () => Promise<boolean>,
): Promise<boolean> {
  const drain = app.get(Drain);
  while (!drain.draining) {
    try {
      if (await work()) return true;
    } catch (error) {
      if (error instanceof SecretKeyError) throw error;
      log.warn(
        { err: error instanceof Error ? error.message : 'unknown' },
        'the ledger or the configuration is not ready yet',
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  return false;
}

async function prepare(app: NestFastifyApplication, parts: AppParts): Promise<void> {
  const { config, log } = parts;
  await app.get(MongoStore).open();
  if (!(await persist(app, parts, () => app.get(SchemaGate).prepare()))) return;
  // Nothing is claimed or repaired in a database that this build might not understand.
  app.get(Delivery).begin();
  if (config.delivers) app.get(Enriching).start();
  const joined = (): Promise<boolean> =>
    app
      .get(LiveConfiguration)
      .join()
      .then(() => true);
  if (!(await persist(app, parts, joined))) return;
  app.get(LiveConfiguration).follow();
  app.get(ReadinessCheck).markPrepared();
  const warning = await app.get(RedisStore).misconfiguration();
  if (warning) log.warn({ code: 'WB_QUEUE_EVICTION' }, warning);
}

/** Answers of a draining process end their connection, so that a balancer's pool moves on. */
function closeWhenDraining(app: NestFastifyApplication, drain: Drain): void {
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onSend', (_request, reply, payload, done) => {
      if (drain.draining) void reply.header('connection', 'close');
      done(null, payload);
    });
}

/** For fault drills only: without a crash point set, no hook burdens the door. */
function answeredFault(
  app: NestFastifyApplication,
  { fault }: AppParts['config'],
): (() => void) | undefined {
  if (fault === null) return undefined;
  const point = app.get<(name: FaultPointName) => void>(FAULT_POINT);
  return () => point('after-answer');
}

/** Builds the application, listens, and begins to deliver. MongoDB and Redis may be away: start-up waits for neither. */
export async function startGateway(parts: AppParts): Promise<Gateway> {
  const { config, log } = parts;
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.forRoot(parts),
    adapter(config.trustProxy),
    { logger: new NestLog(log), bodyParser: true, abortOnError: false },
  );
  app.get(Metrics).collectProcess();
  const drain = app.get(Drain);
  closeWhenDraining(app, drain);
  app.get(Ledger).setAttribution(app.get(ClickAttribution));
  app.get(Ledger).onCommitted(findingsOf(app.get(Metrics)));
  if (config.servesHttp) {
    const server = app.getHttpAdapter().getInstance();
    await server.register(doorRoute(app.get(Door), answeredFault(app, config)));
    await server.register(linkRoute(app.get(Redirect)));
    app.get(ClickEvents).start();
  }
  setUpAdmin(app);
  const silent = new SilentConnections(app.getHttpServer());
  await app.listen({ port: config.port, host: config.host });
  app.get(Delivery).start();
  const prepared = prepare(app, parts);
  return { app, prepared, url: await urlOf(app), stop: () => stop(app, parts, silent) };
}

async function urlOf(app: NestFastifyApplication): Promise<string> {
  return (await app.getUrl()).replace('[::1]', 'localhost').replace(/\/$/, '');
}

async function stop(
  app: NestFastifyApplication,
  { config, log }: AppParts,
  silent: SilentConnections,
): Promise<void> {
  const drain = app.get(Drain);
  if (drain.draining) return;
  drain.begin();
  app.get(Metrics).draining.set(1);
  log.info({ delayMs: config.drainDelayMs }, 'draining');
  // A balancer needs a moment to see the 503 of /readyz; until then everything is served as before.
  await new Promise((resolve) => setTimeout(resolve, config.drainDelayMs));
  app.get(OpenStreams).end();
  await app.get(ReplayRunner).stop();
  await app.get(Enriching).stop();
  await app.get(Delivery).stop();
  await app.get(ClickEvents).stop();
  await app.get(ClickWriter).stop();
  const mongo = app.get(MongoStore);
  silent.drop();
  await app.close();
  app.get(RedisStore).close();
  await mongo.close();
  log.info('stopped');
}
