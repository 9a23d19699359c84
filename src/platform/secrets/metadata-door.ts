import { axiosTransport } from '../http/axios-transport.js';
import type { HttpAnswer, HttpPort } from '../http/http-port.js';
import { OutboundGuard } from '../http/outbound-guard.js';

/**
 * Where clouds hand a machine its own credentials: instance metadata (AWS, GCP), the roles of ECS tasks and of EKS pods,
 * or a stand-in on this machine. Nothing else in this process may connect to the link-local ones.
 */
export const METADATA_RANGES: readonly string[] = [
  '169.254.169.254/32',
  '169.254.170.2/32',
  '169.254.170.23/32',
  'fd00:ec2::254/128',
  'fd00:ec2::23/128',
  '127.0.0.0/8',
  '::1/128',
];

/** A metadata server is one hop away: where none answers at once there is none. */
const LIMITS = { dnsMs: 1000, connectMs: 1000, headersMs: 2000, totalMs: 3000 };

/** The way to those addresses, and to no other private one; names must be https. */
export const metadataDoor = (): HttpPort =>
  axiosTransport(new OutboundGuard({ allowPrivate: METADATA_RANGES }), { limits: LIMITS });

/** The way to a manager's endpoint: any address (it may be a private one in one's own network), https unless on this machine. */
export function managerDoor(endpoint: string): HttpPort {
  const { port } = new URL(endpoint);
  const ports = port === '' ? [] : [Number(port)];
  return axiosTransport(new OutboundGuard({ allowPrivate: ['0.0.0.0/0', '::/0'], ports }));
}

const HERE = /^(?:127\.\d+\.\d+\.\d+|\[::1\]|localhost)$/;

/** Tokens travel to it: over plain http only to this machine. */
export function isSafeEndpoint(url: string): boolean {
  const parsed = URL.parse(url);
  if (parsed === null || parsed.username !== '' || parsed.password !== '') return false;
  return (
    parsed.protocol === 'https:' || (parsed.protocol === 'http:' && HERE.test(parsed.hostname))
  );
}

/** Why an exchange gave nothing, in a few words without its content. */
export const failedAs = (answer: HttpAnswer): string =>
  answer.kind === 'failure' ? answer.code : `status ${answer.status}`;
