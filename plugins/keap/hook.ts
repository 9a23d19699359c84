import {
  accept,
  isRecord,
  identifier,
  listAt,
  parseJson,
  pathTokenFault,
  reject,
  textAt,
  type Acknowledgement,
  type Notification,
  type Verdict,
} from '#contract';
import type { KeapCredentials } from './settings.js';

/** One object of a hook. `apiUrl` is left out on purpose: an address from outside is never followed. */
export interface KeapObject {
  readonly id: string;
  readonly timestamp: string | null;
  /** Contacts that a tag was put on; empty for other objects. */
  readonly contacts: readonly string[];
}

/** A hook, or the handshake of a new subscription (no event key, no objects). */
export interface KeapPayload {
  readonly eventKey: string | null;
  readonly objects: readonly KeapObject[];
}

const HANDSHAKE: KeapPayload = { eventKey: null, objects: [] };

/** Only plain visible characters go back: a header must not carry anything else. */
const secretOf = ({ headers }: Pick<Notification, 'headers'>): string | undefined => {
  const secret = headers['x-hook-secret'];
  return secret !== undefined && /^[\x21-\x7e]{1,256}$/.test(secret) ? secret : undefined;
};

function payloadOf(value: unknown): KeapPayload | undefined {
  const eventKey = textAt(value, 'event_key');
  if (!isRecord(value) || eventKey === undefined) return undefined;
  const objects = listAt(value, 'object_keys').flatMap((object) => {
    const id = identifier(textAt(object, 'id'));
    const contacts = listAt(object, 'contact_details').flatMap(
      (contact) => identifier(textAt(contact, 'id')) ?? [],
    );
    const timestamp = textAt(object, 'timestamp') ?? null;
    return id === undefined ? [] : [{ id, timestamp, contacts }];
  });
  return { eventKey, objects };
}

/** The secret path first, also for the handshake: nobody else gets a header mirrored. */
export function verify(of: Notification, credentials: KeapCredentials): Verdict<KeapPayload> {
  const fault = pathTokenFault(of, credentials.pathToken);
  if (fault) return reject(fault);
  const asked = secretOf(of) !== undefined;
  if (asked && of.body.length === 0) return accept(HANDSHAKE, 'shared-secret');
  const parsed = parseJson(of.body);
  if (!parsed.ok) return reject(parsed.fault);
  const payload = payloadOf(parsed.value) ?? (asked ? HANDSHAKE : undefined);
  return payload ? accept(payload, 'shared-secret') : reject('malformed');
}

/** 200, with `X-Hook-Secret` echoed where Keap sent one. */
export function acknowledge(of: Notification): Acknowledgement {
  const secret = secretOf(of);
  return {
    status: 200,
    headers: {
      'content-type': 'application/json',
      ...(secret === undefined ? {} : { 'x-hook-secret': secret }),
    },
    body: '{"ok":true}',
  };
}
