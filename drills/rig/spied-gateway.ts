import 'reflect-metadata';
import { appendFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Type } from '@nestjs/common';
import { PATH_METADATA } from '@nestjs/common/constants.js';
import { AdminModule } from '../../src/admin/admin.module.js';
import { SystemClock } from '../../src/platform/clock/clock.js';
import { startGatewayHere } from './gateway-here.js';
import { routesIn } from './routing-table.js';

/**
 * A gateway process whose admin handlers write down that they ran, in `handlers.log` of its data directory, before they do
 * anything. Once it is ready, `routes.json` holds the routing table as the router has it.
 */
const env = Object.fromEntries(
  Object.entries(process.env).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value]],
  ),
);
const dir = env['WAYBILL_DATA'] ?? '.';
const seen = path.join(dir, 'handlers.log');

type Handler = (this: unknown, ...given: unknown[]) => unknown;

/** A handler that tells first; the decorators' metadata hangs on the function itself and moves along. */
function telling(name: string, handler: Handler): Handler {
  const told: Handler = function (...given) {
    appendFileSync(seen, `${name}\n`);
    return handler.apply(this, given);
  };
  for (const key of Reflect.getMetadataKeys(handler) as unknown[])
    Reflect.defineMetadata(key, Reflect.getMetadata(key, handler), told);
  return told;
}

function spyOn({ name, prototype }: Type): void {
  const methods = prototype as Record<string, Handler>;
  for (const key of Object.getOwnPropertyNames(methods)) {
    const handler = methods[key];
    if (
      handler !== undefined &&
      Reflect.hasMetadata(PATH_METADATA, handler) &&
      key !== 'constructor'
    )
      methods[key] = telling(`${name}.${key}`, handler);
  }
}

writeFileSync(seen, '');
for (const controller of AdminModule.forRoot('-').controllers ?? []) spyOn(controller);
const gateway = await startGatewayHere(env, new SystemClock());
const instance = gateway.app.getHttpAdapter().getInstance() as {
  printRoutes(options: { commonPrefix: boolean }): string;
};
const routes = routesIn(instance.printRoutes({ commonPrefix: false }));
writeFileSync(path.join(dir, 'routes.json'), JSON.stringify(routes));
