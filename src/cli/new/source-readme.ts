import type { Wanted } from './arguments.js';
import { label, table } from './names.js';
import { SOURCE_EVENTS } from './source-events.js';

const PROOF: Readonly<Record<Wanted['signing'], readonly string[]>> = {
  hmac: ['`signingSecret`', 'yes', 'the network shows it beside the webhook'],
  token: ['`pathToken`', 'yes', 'invent a long random text; it is the last part of the URL'],
  none: ['(none)', '', 'nothing proves the sender'],
};

/** The README of a new source: every heading that a reviewer will look for. */
export function sourceReadme({ name, signing, body }: Wanted): string {
  const url = signing === 'token' ? `/in/${name}/<account>/<pathToken>` : `/in/${name}/<account>`;
  const events = SOURCE_EVENTS.map(({ native, becomes, means }) => [
    `\`${native}\``,
    becomes,
    means,
  ]);
  return `# ${label(name)}

Receives the webhooks of ${label(name)} at \`${url}\` (POST, ${body === 'json' ? 'JSON' : 'form fields'}).

## Set up

At the network: Settings > Webhooks > Add (replace this with the real menu path).

${table([['credential', 'secret', 'where it comes from'], PROOF[signing]])}

## Events

${table([['word of the network', 'becomes', 'means'], ...events])}

## Money, time, repeats

- Money: decimal text in major units; a sign is dropped, the type says which way it goes.
- Time: ISO 8601 with an offset. Without one the received time is taken.
- Repeats: transaction id and word make the key; the same notification twice is one event.

## What we are not sure of

Everything here is invented until someone replaces \`fixtures/sample.ts\` with a real body. Then say for each fact where it
comes from (vendor page and date, or a recorded request) and how sure you are.
`;
}
