import {
  isRecord,
  safeEqual,
  type Notification,
  type RejectionReason,
  type Trust,
} from '#contract';
import { faultsOf } from '../check.js';
import { scalar } from '../field.js';
import { valueAt } from '../path.js';
import { isStatic, schemeOf, type Scheme } from './scheme.js';
import { verifier, type Verifier } from './shape.js';
import { signatureFault } from './signed.js';
import { basicFault, bearerFault, headerFault, queryFault, textFault } from './static.js';

/** A verifier that passed its check, with its keys read. */
export interface Ready {
  readonly spec: Verifier;
  readonly scheme: Scheme | undefined;
}

const ready = new WeakMap<object, Ready | 'unusable'>();

function prepare(value: unknown): Ready | 'unusable' {
  if (!verifier(value, '', [])) return 'unusable';
  return { spec: value, scheme: schemeOf(value) };
}

/** A verifier made ready, once per configured value; undefined when it is not a valid one: then nothing passes. */
export function readyVerifier(value: unknown): Ready | undefined {
  if (!isRecord(value)) return undefined;
  const known = ready.get(value) ?? prepare(value);
  ready.set(value, known);
  return known === 'unusable' ? undefined : known;
}

/** Every fault of a verifier as a sentence, for the check at save time. */
export const verifierFaults = (value: unknown): readonly string[] => faultsOf(verifier, value);

const SECRET_NAMES = ['secret', 'password', 'pathToken'];

/** Every secret text of a verifier, also of one that is not valid. */
export function verifierSecrets(value: unknown): readonly string[] {
  if (!isRecord(value)) return [];
  const required = value['requiredHeader'];
  return [
    ...SECRET_NAMES.map((name) => value[name]),
    isRecord(required) ? required['value'] : undefined,
  ].flatMap((found) => (typeof found === 'string' && found !== '' ? [found] : []));
}

function mainFault(of: Notification, { spec, scheme }: Ready): RejectionReason | undefined {
  if (!isStatic(spec)) return scheme ? signatureFault(of, scheme) : 'bad-signature';
  switch (spec.preset) {
    case 'secret-url':
      return undefined; // pathFault does it all
    case 'basic':
      return basicFault(of, spec.username, spec.password);
    case 'bearer':
      return bearerFault(of, spec.secret);
    case 'header':
      return headerFault(of, spec.header, spec.secret);
    case 'query':
      return queryFault(of, spec.parameter, spec.secret);
  }
}

const pathFault = (of: Notification, { spec }: Ready): RejectionReason | undefined =>
  spec.pathToken === undefined || safeEqual(of.pathToken, spec.pathToken) ? undefined : 'bad-token';

const secondHeaderFault = (of: Notification, { spec }: Ready): RejectionReason | undefined =>
  spec.requiredHeader &&
  textFault(of.headers[spec.requiredHeader.name.toLowerCase()], spec.requiredHeader.value);

/** The first lock that does not open; undefined when all do. */
export const proofFault = (of: Notification, lock: Ready): RejectionReason | undefined =>
  pathFault(of, lock) ?? secondHeaderFault(of, lock) ?? mainFault(of, lock);

/** True when every field of `expect` names our account: some senders share one key among all their customers. */
export const isOurs = (document: unknown, { spec }: Ready): boolean =>
  (spec.expect ?? []).every(({ path, equals }) => {
    const found = scalar(valueAt({ root: document, record: document }, path));
    return found !== undefined && safeEqual(found, String(equals));
  });

/** Only a signature covers the body; the rest proves that the caller knows a secret. */
export const trustOf = ({ scheme }: Ready): Trust => (scheme ? 'signed' : 'shared-secret');
