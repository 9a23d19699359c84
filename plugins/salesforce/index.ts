import {
  accept,
  defineSource,
  pathTokenFault,
  reject,
  safeEqual,
  type Acknowledgement,
  type Notification,
  type Verdict,
} from '#contract';
import { drafts, EVENTS } from './facts.js';
import { isSoap, longId, messageOf, withoutSession, type Message } from './message.js';
import { SalesforceCredentials, SalesforceSettings } from './settings.js';

/** Without exactly this answer Salesforce sends the message again for 24 hours; it covers every notification inside. */
const SOAP_ACK =
  '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body>' +
  '<notificationsResponse xmlns="http://soap.sforce.com/2005/09/outbound"><Ack>true</Ack></notificationsResponse>' +
  '</soapenv:Body></soapenv:Envelope>';

function verify(notification: Notification, credentials: SalesforceCredentials): Verdict<Message> {
  const fault = pathTokenFault(notification, credentials.pathToken);
  if (fault) return reject(fault);
  const parsed = messageOf(notification.body);
  if (!parsed.ok) return reject(parsed.fault);
  const { organizationId, actionId } = parsed.value;
  if (!safeEqual(longId(organizationId), longId(credentials.organizationId))) {
    return reject('wrong-account');
  }
  const allowed = (credentials.actionIds ?? []).map(longId);
  return actionId === null || allowed.length === 0 || allowed.includes(longId(actionId))
    ? accept(parsed.value, 'shared-secret')
    : reject('wrong-account');
}

const acknowledge = ({ body }: Notification): Acknowledgement =>
  isSoap(body)
    ? { status: 200, headers: { 'content-type': 'text/xml; charset=utf-8' }, body: SOAP_ACK }
    : { status: 200, headers: { 'content-type': 'application/json' }, body: '{"ok":true}' };

/** Salesforce Outbound Messages (SOAP, 1–100 notifications) and JSON from a Flow's HTTP callout. Nothing is signed. */
export default defineSource({
  name: 'salesforce',
  label: 'Salesforce',
  credentials: SalesforceCredentials,
  settings: SalesforceSettings,
  methods: ['POST'],
  contentTypes: ['text/xml', 'application/soap+xml', 'application/json'],
  bodyLimit: 1_048_576,
  events: EVENTS,
  redact: ['SessionId', 'Envelope.Body.notifications.SessionId', 'Email'],
  setUp:
    'Setup → Workflow Actions → Outbound Messages → New: object Opportunity (or Lead), the URL of this account with its secret last ' +
    'part, Send Session ID off, fields Id, StageName, IsWon, IsClosed, Amount, CurrencyIsoCode, LastStageChangeDate, LastModifiedDate ' +
    'and your click id field. Then a record-triggered Flow that runs only when the record is changed to meet the conditions.',
  keep: withoutSession,
  verify,
  normalize: (message, { settings }) => drafts(message, settings),
  acknowledge,
});
