import type { Acknowledgement, Notification } from '#contract';

/** Namespace of Salesforce Outbound Messages (vendor's "Outbound Messaging" pages). */
const OUTBOUND_MESSAGE = 'http://soap.sforce.com/2005/09/outbound';

const SOAP_ACK =
  '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body>' +
  `<notificationsResponse xmlns="${OUTBOUND_MESSAGE}"><Ack>true</Ack></notificationsResponse>` +
  '</soapenv:Body></soapenv:Envelope>';

const DONE: Acknowledgement = {
  status: 200,
  headers: { 'content-type': 'application/json' },
  body: '{"ok":true}',
};

/**
 * 200 with a short JSON body; Salesforce Outbound Messages get the SOAP Ack without which they are repeated for
 * 24 hours. Read from the body, since an answer has no settings.
 */
export function acknowledge(notification: Notification): Acknowledgement {
  const soap =
    notification.body.includes(OUTBOUND_MESSAGE) && notification.body.includes('notifications');
  return soap
    ? { status: 200, headers: { 'content-type': 'text/xml; charset=utf-8' }, body: SOAP_ACK }
    : DONE;
}

/**
 * Set-up probes: a checkout's "is this URL alive" GET or HEAD without any field, and the form WooCommerce posts,
 * unsigned, when a webhook is saved. They carry no data and get no more than an empty success.
 */
export function probe(notification: Notification): Acknowledgement | undefined {
  const { method, query, body } = notification;
  const bare = (method === 'GET' || method === 'HEAD') && query === '' && body.length === 0;
  const ping =
    method === 'POST' && body.length <= 40 && /^webhook_id=\d{1,20}$/.test(body.toString('latin1'));
  return bare || ping ? DONE : undefined;
}
