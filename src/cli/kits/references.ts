import { isRecord } from '../../contract/read.js';
import { MASK } from '../../contract/settings-view.js';
import { failure } from '../program/exit.js';
import type { Io } from '../program/io.js';
import { secretFile } from './secret-input.js';

const REFERENCE = /\$\{(env|file):([^}]+)\}/g;

/** A text with its references replaced by what they stand for on this machine. */
function resolvedText(io: Io, text: string): string {
  return text.replaceAll(REFERENCE, (_whole, kind: string, name: string) => {
    const value = kind === 'env' ? io.around.env[name] : secretFile(io, name);
    if (value === undefined || value === '')
      throw failure(
        `the configuration refers to the variable ${name}, which is not set here`,
        `export ${name}=…, or give the secret with --secret`,
      );
    io.keep(value);
    return value;
  });
}

/** Every reference inside a value resolved. Throws a failure that names the variable or file that is missing. */
export function resolved(io: Io, value: unknown): unknown {
  if (typeof value === 'string') return resolvedText(io, value);
  if (Array.isArray(value)) return value.map((one) => resolved(io, one));
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, resolved(io, one)]));
}

function someText(value: unknown, suits: (text: string) => boolean): boolean {
  if (typeof value === 'string') return suits(value);
  const inner = typeof value === 'object' && value !== null ? Object.values(value) : [];
  return inner.some((one) => someText(one, suits));
}

/** Whether somewhere inside stands a mask instead of a secret. */
export const isMasked = (value: unknown): boolean => someText(value, (text) => text.includes(MASK));

/** Whether somewhere inside stands a reference. */
export const isReference = (value: unknown): boolean =>
  someText(value, (text) => /\$\{\w+:/.test(text));
