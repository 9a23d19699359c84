import { isRecord } from '../../contract/read.js';
import type { SealedRequest } from '../../contract/seal.js';
import type { Item } from '../gateway/client.js';
import type { Call } from '../program/call.js';
import { failure, messageOf } from '../program/exit.js';
import { splitPair } from '../setup/given-values.js';
import { readDocument } from '../show/read-input.js';
import { chooseSample, draftsOf } from './choose-sample.js';
import { freshPayload } from './fresh-names.js';
import type { Kit } from './load-kit.js';
import { setPath } from './set-path.js';

/** A message of a network that is ready to be sealed, again and again. */
export interface Message {
  /** The sample's name; the file's, for a message of the user's own. */
  readonly name: string;
  /** Whether it is certainly a test: then no live target is told. */
  readonly test: boolean;
  /** Whether each one is a purchase of its own. */
  readonly fresh: boolean;
  /** The next one: another purchase each time, unless `--order` names one. */
  next(): { readonly payload: unknown; readonly order: string | undefined };
  readonly sealOptions: Item | undefined;
}

/** Names that are new in the message are said once, where another was probably meant. */
function withChanges(call: Call, payload: unknown, said: Set<string>): unknown {
  const changed = structuredClone(payload);
  for (const pair of call.list('set')) {
    const [path, value] = splitPair('set', pair);
    const meant = setPath(changed, path, value);
    if (meant === undefined || said.has(path)) continue;
    said.add(path);
    call.io.note(`note: ${path} is new in the message; did you mean ${meant}?`);
  }
  return changed;
}

/** The message that `--payload` holds, or the sample of an event. */
export async function messageFor(
  call: Call,
  kit: Kit,
  event: string | undefined,
): Promise<Message> {
  const file = call.text('payload');
  if (file !== undefined) {
    const payload = withChanges(call, await readDocument(call.io, file), new Set());
    const next = () => ({ payload, order: undefined });
    return { name: file, test: false, fresh: false, next, sealOptions: undefined };
  }
  const sample = chooseSample(kit, event ?? '');
  const order = call.text('order');
  const said = new Set<string>();
  const next = () => {
    const fresh = freshPayload(sample, order);
    return { ...fresh, payload: withChanges(call, fresh.payload, said) };
  };
  const drafts = draftsOf(sample);
  return {
    name: sample.name,
    test: drafts.length > 0 && drafts.every((one) => one.test),
    fresh: order === undefined && freshPayload(sample).order !== undefined,
    next,
    sealOptions: sample.options.seal,
  };
}

/** The request that the network would send now. `url`: the address of the account, which some networks sign. */
export function sealed(
  kit: Kit,
  message: Message,
  payload: unknown,
  around: { readonly credentials: Item; readonly now: number; readonly url: string },
): SealedRequest {
  const { credentials, now, url } = around;
  try {
    return kit.seal.seal(payload, credentials, now, { url, ...message.sealOptions });
  } catch (error) {
    const names = Object.keys(kit.seal.credentials).join(', ');
    throw failure(
      `a notification of ${kit.network} could not be made (${messageOf(error)})`,
      `the credentials must suit: ${names}`,
    );
  }
}

/** Credentials that the twin needs and nobody gave. */
export const missingCredentials = (kit: Kit, given: Item): readonly string[] =>
  Object.keys(kit.seal.credentials).filter(
    (name) => !Object.hasOwn(given, name) && !isRecord(kit.seal.credentials[name]),
  );
