import { isUtf8 } from 'node:buffer';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { SealedRequest } from '../../contract/seal.js';
import { gatewayUrl, originOf } from '../gateway/client.js';
import { statedCredentials } from '../kits/find-credentials.js';
import { loadKit } from '../kits/load-kit.js';
import { messageFor, missingCredentials, sealed } from '../kits/message.js';
import type { Call } from '../program/call.js';
import { failure, messageOf, usageFault } from '../program/exit.js';
import { doorUrl } from './door.js';
import { httpText } from './http-text.js';
import { shellWord, variableName } from './shell-word.js';

/** Every text secret that was given, also as it looks inside a URL, and the variable that stands for it. */
function variablesOf(names: ReadonlySet<string>, credentials: Readonly<Record<string, unknown>>) {
  const pairs = Object.entries(credentials).flatMap(([name, value]) =>
    names.has(name) && typeof value === 'string'
      ? [value, encodeURIComponent(value)].map((one) => [one, variableName(name)] as const)
      : [],
  );
  return new Map(pairs);
}

function curlText(
  url: string,
  { method, headers, body }: SealedRequest,
  secrets: ReadonlyMap<string, string>,
): string {
  if (!isUtf8(body))
    throw failure('the body is not text', 'write the request into a file: --out FILE');
  const word = (text: string): string => shellWord(text, secrets);
  return [
    `curl -X ${method} ${word(url)}`,
    ...Object.entries(headers).map(([name, value]) => `-H ${word(`${name}: ${value}`)}`),
    ...(body.length === 0 ? [] : [`--data-binary ${word(body.toString('utf8'))}`]),
  ].join(' \\\n  ');
}

function toFile(call: Call, out: string, url: string, request: SealedRequest): void {
  const file = path.resolve(call.io.around.cwd, out);
  try {
    // It may hold a secret: networks with a shared secret send it along.
    writeFileSync(file, httpText(url, request), { mode: 0o600, flag: 'wx' });
  } catch (error) {
    throw failure(`${file} could not be written (${messageOf(error)})`);
  }
  if (call.json) call.document({ file, method: request.method });
  else call.io.say(`wrote ${file}; waybill verify reads it`);
}

export async function run(call: Call): Promise<void> {
  const [network = '', event] = call.word(0).split('.', 2);
  const kit = await loadKit(network);
  if (event === undefined && call.text('payload') === undefined)
    throw usageFault('say what to sign: an event such as clickbank.sale, or --payload FILE');
  const credentials = await statedCredentials(call);
  const missing = missingCredentials(kit, credentials);
  if (missing.length > 0)
    throw usageFault(
      `missing: ${missing.join(', ')}`,
      'secrets with --secret name=env:VARIABLE, what is none with --credential name=value',
    );
  const message = await messageFor(call, kit, event);
  const { payload } = message.next();
  const origin = originOf(gatewayUrl(call.text('to'), call.io.around.env));
  const account = call.text('account') ?? network;
  const plain = doorUrl(origin, network, account, { pathToken: '', query: '' });
  const around = { credentials, now: call.io.around.now(), url: plain };
  const request = sealed(kit, message, payload, around);
  const url = doorUrl(origin, network, account, request);
  const out = call.text('out');
  if (out !== undefined) {
    toFile(call, out, url, request);
    return;
  }
  const names = new Set(call.list('secret').map((pair) => pair.split('=')[0] ?? ''));
  const secrets = variablesOf(names, credentials);
  const curl = curlText(url, request, secrets);
  if (call.json) {
    const { method, headers, body } = request;
    call.document({ method, url, headers, body: body.toString('utf8'), curl });
    return;
  }
  const used = [...new Set(secrets.values())].filter((name) => curl.includes(`"$${name}"`));
  for (const name of used)
    call.io.note(`# set ${name} first: the request holds that secret itself`);
  call.io.say(curl);
}
