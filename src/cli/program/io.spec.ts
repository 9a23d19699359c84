import { Readable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { Io } from './io.js';

function spoken(): { io: Io; text: () => string } {
  let said = '';
  const add = (text: string): void => void (said += text);
  const io = new Io({
    ...{ out: add, err: add, stdin: Readable.from([]), columns: 80, env: {}, cwd: '/' },
    terminal: { in: false, out: false, err: false },
    now: () => 0,
    signal: new AbortController().signal,
  });
  return { io, text: () => said };
}

describe('the voices of a command', () => {
  it('take every kept secret out, as it is, in a URL and in JSON', () => {
    const { io, text } = spoken();
    const secret = 'p"ss/w ord+1';
    io.keep(secret);
    io.say(`plain ${secret}`);
    io.note(`https://x.example/${encodeURIComponent(secret)}`);
    io.say(JSON.stringify({ secret }));
    expect(text()).not.toMatch(/ss\/w|ss%2Fw/);
    expect(text().match(/••••••/g)).toHaveLength(3);
  });

  it('take the longer of two out first, and leave short words alone', () => {
    const { io, text } = spoken();
    for (const secret of ['secret-1', 'secret-1-longer', 'a', undefined]) io.keep(secret);
    io.say('secret-1-longer, a cat');
    expect(text()).toBe('••••••, a cat\n');
  });
});
