import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { AdminAccess } from './access/admin-access.js';
import { accessHook } from './access/admin-guard.js';
import { readsImports } from './imports/imports.controller.js';
import { describeApi } from './openapi/document.js';
import { docsPage } from './pages/docs-page.js';
import { PAGE_POLICY } from './pages/html.js';
import { rootPage } from './pages/root-page.js';
import { securityHeaders } from './pages/security-headers.js';

const html = (reply: FastifyReply, text: string): FastifyReply =>
  reply
    .header('content-type', 'text/html; charset=utf-8')
    .header('content-security-policy', PAGE_POLICY)
    .send(text);

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

/**
 * The lock before the admin API, the headers of every answer, the OpenAPI document, its page and the root page. Call it
 * before the application listens: hooks hold only for routes that come after them.
 */
export function setUpAdmin(app: NestFastifyApplication): void {
  const instance = app.getHttpAdapter().getInstance() as unknown as FastifyInstance;
  instance.addHook('onRequest', accessHook(app.get(AdminAccess, { strict: false })));
  instance.addHook('onSend', securityHeaders);
  readsImports(instance);
  // Made when somebody asks: most processes are never asked, and it would cost them start-up time and memory.
  const document = once(() => describeApi(app));
  const json = once(async () => JSON.stringify(await document()));
  const docs = once(async () => docsPage(await document()));
  const root = rootPage();
  instance.get('/', (_request, reply) => html(reply, root));
  instance.get('/api/docs', async (_request, reply) => html(reply, await docs()));
  instance.get('/api/openapi.json', async (_request, reply) =>
    reply.header('content-type', 'application/json; charset=utf-8').send(await json()),
  );
}
