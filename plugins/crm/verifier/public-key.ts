import { createPublicKey, type KeyObject } from 'node:crypto';
import { strictBase64 } from '#contract';

function parse(text: string): KeyObject | undefined {
  const der = strictBase64(text.trim());
  try {
    return der ? createPublicKey({ key: der, format: 'der', type: 'spki' }) : createPublicKey(text);
  } catch {
    return undefined;
  }
}

/** An Ed25519 public key from PEM or base64 SPKI (RFC 8410); undefined for anything else, private keys too. */
export function readPublicKey(text: string): KeyObject | undefined {
  if (text.includes('PRIVATE')) return undefined;
  const key = parse(text);
  return key?.asymmetricKeyType === 'ed25519' ? key : undefined;
}
