import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Kits } from '../sources.js';
import type { Clicks } from '../visit.js';
import { VendorHost, type VendorAnswer, type VendorReply } from './vendor-host.js';

const json = (value: unknown, status = 200): VendorAnswer => ({
  status,
  type: 'application/json',
  body: JSON.stringify(value),
});

/** The certificate that PayPal's messages are signed with, as its host serves it. */
function paypal(kits: Kits): VendorReply {
  const [served] = kits.get('paypal')?.cases.get('sale')?.options.materials ?? [];
  return ({ url = '' }) =>
    served && url.startsWith('/v1/notifications/certs/')
      ? { status: served.status, type: 'application/x-x509-ca-cert', body: served.body }
      : json({ name: 'RESOURCE_NOT_FOUND' }, 404);
}

/** HubSpot's CRM API: one deal, and the contact who came with a click. */
function hubspot(token: string, clicks: Clicks): VendorReply {
  return ({ url = '', headers }) => {
    if (headers.authorization !== `Bearer ${token}`) return json({ category: 'INVALID_AUTH' }, 401);
    const { pathname } = new URL(url, 'https://api.hubapi.com');
    switch (pathname) {
      case '/crm/v3/objects/deals/7001':
        return json({
          id: '7001',
          properties: { amount: '490.00', deal_currency_code: 'EUR' },
          associations: { contacts: { results: [{ id: '5101', type: 'deal_to_contact' }] } },
        });
      case '/crm/v3/objects/contacts/5101':
        return json({
          id: '5101',
          properties: { email: 'reader@example.com', click_id: clicks.get('ada') ?? null },
        });
      default:
        return json({ status: 'error', category: 'OBJECT_NOT_FOUND' }, 404);
    }
  };
}

/** The hosts of networks that are asked back. */
export interface Vendors {
  /** What the gateway's environment must say so that it finds and believes them. */
  readonly environment: Readonly<Record<string, string>>;
  /** Access token of HubSpot's API. */
  readonly hubspotToken: string;
  close(): Promise<void>;
}

/** `dir`: where their certificates are put. `clicks` is looked into when a question comes. */
export async function openVendors(dir: string, kits: Kits, clicks: Clicks): Promise<Vendors> {
  const hubspotToken = randomBytes(18).toString('base64url');
  const hosts = [
    new VendorHost('api.paypal.com', paypal(kits)),
    new VendorHost('api.hubapi.com', hubspot(hubspotToken, clicks)),
  ];
  await Promise.all(hosts.map((host) => host.open()));
  const certificates = path.join(dir, 'vendors.pem');
  writeFileSync(certificates, hosts.map(({ certificate }) => certificate).join(''));
  return {
    environment: {
      WAYBILL_CONNECT_TO: hosts.map(({ detour }) => detour).join(','),
      NODE_EXTRA_CA_CERTS: certificates,
    },
    hubspotToken,
    close: async () => {
      await Promise.all(hosts.map((host) => host.close()));
    },
  };
}
