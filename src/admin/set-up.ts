import type { NestFastifyApplication } from '@nestjs/platform-fastify';

/** OpenAPI and its page. */
export function setUpAdmin(_app: NestFastifyApplication): void {}
