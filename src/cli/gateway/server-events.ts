/** One event of a stream of server-sent events. */
export interface ServerEvent {
  readonly kind: string;
  readonly id: string | undefined;
  readonly data: string;
}

function readBlock(block: string): ServerEvent | undefined {
  let kind = 'message';
  let id: string | undefined;
  const data: string[] = [];
  for (const line of block.split('\n')) {
    const [, name = '', value = ''] = /^([^:]*):? ?(.*)$/.exec(line) ?? [];
    if (name === 'event') kind = value;
    else if (name === 'id') id = value;
    else if (name === 'data') data.push(value);
  }
  return data.length === 0 && id === undefined ? undefined : { kind, id, data: data.join('\n') };
}

/** The events of a body, until it ends. Comments (heartbeats) call `beat`. */
export async function* serverEvents(
  body: AsyncIterable<Uint8Array>,
  beat: () => void,
): AsyncGenerator<ServerEvent> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of body) {
    beat();
    rest = (rest + decoder.decode(chunk, { stream: true })).replaceAll('\r\n', '\n');
    const blocks = rest.split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const event = readBlock(block);
      if (event) yield event;
    }
  }
}
