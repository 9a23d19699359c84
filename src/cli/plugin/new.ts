import { runNew } from '../new/new-command.js';
import type { Call } from '../program/call.js';
import { EXIT, type Exit } from '../program/exit.js';

const PASSED_ON = ['signing', 'body', 'method', 'dir'] as const;

export async function run(call: Call): Promise<Exit> {
  const options = PASSED_ON.flatMap((name) => {
    const value = call.text(name);
    return value === undefined ? [] : [`--${name}`, value];
  });
  const said: string[] = [];
  const argv = [...call.words, ...options, ...(call.flag('package') ? ['--package'] : [])];
  const code = runNew(argv, {
    out: (text) => void (call.json ? said.push(text) : call.io.say(text.trimEnd())),
    err: (text) => call.io.note(text.trimEnd()),
  });
  if (call.json && code === 0) call.document({ wrote: said.join('').split('\n')[0]?.slice(6) });
  return code === 0 ? EXIT.ok : code === 2 ? EXIT.usage : EXIT.failed;
}
