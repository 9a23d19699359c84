import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { OpenAPIObject } from '@nestjs/swagger';
import { AdminModule } from '../admin.module.js';
import { AUDIT_SCHEMAS } from '../audit/audit-schemas.js';
import { CONFIG_SCHEMAS } from '../config/config-schemas.js';
import { CONFIGURATION_SCHEMAS } from '../configuration/configuration-schemas.js';
import { DELIVERY_SCHEMAS } from '../deliveries/delivery-schemas.js';
import { EVENT_SCHEMAS } from '../events/event-schemas.js';
import { EXPLAIN_SCHEMAS } from '../events/explain/explain.controller.js';
import { HEALTH_SCHEMAS } from '../gateway/health-schemas.js';
import { IMPORT_SCHEMAS } from '../imports/imports.controller.js';
import { KEY_SCHEMAS } from '../keys/key-schemas.js';
import { PROBLEMS } from '../problems/problem.js';
import { RECEIPT_SCHEMAS } from '../receipts/receipt-schemas.js';
import { REPLAY_SCHEMAS } from '../replays/replay-schemas.js';
import { SEARCH_SCHEMAS } from '../search/search.controller.js';
import { TARGET_SCHEMAS } from '../targets/target-schemas.js';
import { VERSION } from '../version.js';
import { describedSwagger } from './decorators.js';
import { list, oneOf, shape, shapeWith, text, whole, type JsonSchema } from './shape.js';

const problem = shapeWith(
  {
    type: text('Where /api/docs explains the code.'),
    title: text(),
    status: whole(),
    detail: text('What is wrong with this request.'),
    code: oneOf(Object.keys(PROBLEMS)),
    fix: text('What to do about it.'),
  },
  {
    instance: text('The path that was asked for.'),
    faults: list(shape({ field: text(), rule: text() })),
  },
  'Every error: RFC 9457, application/problem+json.',
);

/** Every schema of an answer, by its name. */
const SCHEMAS: Readonly<Record<string, JsonSchema>> = {
  Problem: problem,
  ...EVENT_SCHEMAS,
  ...DELIVERY_SCHEMAS,
  ...RECEIPT_SCHEMAS,
  ...TARGET_SCHEMAS,
  ...CONFIGURATION_SCHEMAS,
  ...HEALTH_SCHEMAS,
  ...CONFIG_SCHEMAS,
  ...KEY_SCHEMAS,
  ...AUDIT_SCHEMAS,
  ...REPLAY_SCHEMAS,
  ...SEARCH_SCHEMAS,
  ...EXPLAIN_SCHEMAS,
  ...IMPORT_SCHEMAS,
};

const DESCRIPTION =
  'What the ledger holds, what became of every delivery, and the few things an operator does: replay, pause, resume, and change the configuration. ' +
  'Lists answer { items, nextCursor }; errors are problem documents (RFC 9457) whose code begins with WB_. ' +
  'Times are ISO 8601 in UTC, money is integer minor units with its currency.';

/** The OpenAPI 3.1 document of the admin API, made from its controllers. */
export async function describeApi(app: NestFastifyApplication): Promise<OpenAPIObject> {
  const { DocumentBuilder, SwaggerModule } = await describedSwagger();
  const config = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Waybill')
    .setDescription(DESCRIPTION)
    .setVersion(VERSION)
    .addBearerAuth(
      {
        type: 'http',
        scheme: 'bearer',
        description: 'A key of this gateway; every call names the scope that it needs as x-scope.',
      },
      'adminKey',
    )
    .build();
  const document = SwaggerModule.createDocument(app, config, { include: [AdminModule] });
  const schemas = { ...SCHEMAS, ...document.components?.schemas } as NonNullable<
    OpenAPIObject['components']
  >['schemas'];
  return { ...document, components: { ...document.components, ...(schemas ? { schemas } : {}) } };
}
