import { Controller, Get, Header, Inject, Res } from '@nestjs/common';
import {
  HealthCheck,
  HealthCheckService,
  HealthIndicatorService,
  type HealthCheckResult,
} from '@nestjs/terminus';
import type { FastifyReply } from 'fastify';
import { Metrics } from '../platform/metrics/metrics.js';
import { RedisStore } from '../platform/redis/redis-store.js';
import { ReadinessCheck } from './readiness.js';

/** Probes are no part of the described API; asked to describe them, the decorator would load the whole library for it. */
const PROBE = { noCache: true, swaggerDocumentation: false } as const;

/** The probes of a load balancer. No dependency detail in public: `GET /api/v1/health` has it. */
@Controller()
export class HealthController {
  constructor(
    @Inject(HealthCheckService) private readonly health: HealthCheckService,
    @Inject(HealthIndicatorService) private readonly indicators: HealthIndicatorService,
    @Inject(ReadinessCheck) private readonly readiness: ReadinessCheck,
    @Inject(RedisStore) private readonly redis: RedisStore,
    @Inject(Metrics) private readonly metrics: Metrics,
  ) {}

  /** The process answers. Touches no store, so that a fault of a store cannot restart every replica. */
  @Get('livez')
  @HealthCheck(PROBE)
  live(): Promise<HealthCheckResult> {
    return this.health.check([]);
  }

  /** This replica can durably accept notifications. */
  @Get('readyz')
  @HealthCheck(PROBE)
  ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<HealthCheckResult> {
    if (!this.redis.ready) void reply.header('x-waybill-warning', 'degraded');
    return this.health.check([() => this.gateway()]);
  }

  /** Plugins are loaded and the configuration is valid: without both, nothing listens here. */
  @Get('startupz')
  @HealthCheck(PROBE)
  startup(): Promise<HealthCheckResult> {
    return this.health.check([]);
  }

  private async gateway() {
    const indicator = this.indicators.check('gateway');
    const { ready } = await this.readiness.check();
    return ready ? indicator.up() : indicator.down();
  }

  @Get('metrics')
  @Header('cache-control', 'no-store')
  async scrape(@Res() reply: FastifyReply): Promise<void> {
    const text = await this.metrics.registry.metrics();
    await reply.header('content-type', this.metrics.registry.contentType).send(text);
  }
}
