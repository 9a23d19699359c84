import {
  accept,
  defineSource,
  formRecord,
  parseFormText,
  parseJson,
  reject,
  safeEqual,
  type Notification,
  type RejectionReason,
  type Verdict,
} from '#contract';
import { contextOf, type ExecutionContext } from './context.js';
import { EVENTS, normalize } from './facts.js';
import { DynamicsCredentials, DynamicsSettings } from './settings.js';

/** The key as configured in the Plug-in Registration Tool: HttpHeader, or WebhookKey, which becomes `?code=`. */
function givenKey(of: Notification, headerName: string | undefined): string {
  if (headerName !== undefined) return of.headers[headerName.toLowerCase()] ?? '';
  const query = parseFormText(of.query);
  return (query.ok ? formRecord(query.value)['code'] : undefined) ?? '';
}

function proofFault(
  of: Notification,
  credentials: DynamicsCredentials,
): RejectionReason | undefined {
  const { key, headerName, organization } = credentials;
  const given = givenKey(of, headerName);
  if (given === '') return 'missing-signature';
  if (!safeEqual(given, key)) return 'bad-token';
  const from = of.headers['x-ms-dynamics-organization'] ?? '';
  return organization === undefined || from.toLowerCase() === organization.toLowerCase()
    ? undefined
    : 'wrong-account';
}

function verify(of: Notification, credentials: DynamicsCredentials): Verdict<ExecutionContext> {
  const fault = proofFault(of, credentials);
  if (fault) return reject(fault);
  const parsed = parseJson(of.body);
  if (!parsed.ok) return reject(parsed.fault);
  const context = contextOf(parsed.value);
  return context ? accept(context, 'shared-secret') : reject('malformed');
}

/** Dynamics 365 / Dataverse webhooks: a serialised RemoteExecutionContext, proved by a fixed key. */
export default defineSource({
  name: 'dynamics',
  label: 'Microsoft Dynamics 365',
  credentials: DynamicsCredentials,
  settings: DynamicsSettings,
  methods: ['POST'],
  bodyLimit: 1_048_576,
  events: EVENTS,
  keepHeaders: ['x-ms-dynamics-organization', 'x-ms-correlation-request-id', 'x-request-id'],
  redact: ['code', 'InitiatingUserId', 'UserId'],
  setUp:
    'Plug-in Registration Tool → Register New Web Hook: URL of this account, authentication HttpHeader (name and key as configured ' +
    'here). Register steps, asynchronous: Update of opportunity (filtering: statecode, statuscode), Create of lead, Update of lead; ' +
    'with a post image that holds actualvalue, statecode, statuscode, customerid and your click id column.',
  verify,
  normalize: (context, { settings }) => normalize(context, settings),
});
