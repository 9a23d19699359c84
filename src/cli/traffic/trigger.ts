import { wordsOf } from '../kits/choose-sample.js';
import { loadKit, playable } from '../kits/load-kit.js';
import type { Call } from '../program/call.js';
import { EXIT, usageFault, type Exit } from '../program/exit.js';
import { MOST, ready } from './ready.js';
import { sendMany } from './send-many.js';
import { tellOne } from './tell-one.js';

/** `clickbank.sale` → the network and the event. */
function readWord(word: string): readonly [network: string, event: string | undefined] {
  const at = word.indexOf('.');
  return at < 0 ? [word, undefined] : [word.slice(0, at), word.slice(at + 1)];
}

async function list(call: Call, network: string | undefined): Promise<void> {
  const names = network === undefined ? playable() : [network];
  for (const name of names) {
    const kit = await loadKit(name);
    const events = wordsOf(kit);
    if (call.json) {
      const samples = kit.cases.map((one) => one.name);
      call.io.say(JSON.stringify({ network: name, events, samples }));
    } else {
      const words = events.map((one) => `${name}.${one}`).join(' ');
      call.io.say(
        `${name.padEnd(16)} ${words || '(it never calls, or proves itself by a certificate that only it has)'}`,
      );
    }
  }
}

export async function run(call: Call): Promise<Exit> {
  const [network, event] = readWord(call.words[0] ?? '');
  if (call.flag('list') || network === '') {
    await list(call, network === '' ? undefined : network);
    return EXIT.ok;
  }
  const kit = await loadKit(network);
  if (event === undefined && call.text('payload') === undefined)
    throw usageFault(
      `say which event: ${wordsOf(kit)
        .map((one) => `${network}.${one}`)
        .join(', ')}`,
      `waybill trigger ${network} --list`,
    );
  const count = call.whole('count', 1, MOST) ?? 1;
  const prepared = await ready(call, kit, event);
  return count === 1 ? tellOne(call, prepared) : sendMany(call, prepared, count);
}
