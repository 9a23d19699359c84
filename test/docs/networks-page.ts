import type { NativeEvent, SourcePlugin } from '../../src/contract/index.js';

const HEAD = `# Networks and their words

What each word of each network becomes. The tables are made from the plugins themselves; do not edit them by hand:
\`UPDATE_DOCS=1 npm test -- test/docs/networks\` writes this page again, and \`npm test\` fails while it differs.

- **An event type** (\`SALE\`, \`REFUND\` …): an event of that type.
- **test**: verified, and recorded, where it makes an event at all, with \`test: true\`. A test event never reaches a live target unless its route says so.
- **ignored**: verified, understood, answered; nothing to record.
- **link**: ties names of one purchase together ([order links](decisions/0007-order-links.md)).

Any other word is parked: the network gets its 2xx, and the receipt can be replayed once the word is known. Each source's own
page says how its amounts, times and repeats are read, and how sure each fact is.
`;

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

const row = ({ native, becomes, note = '' }: NativeEvent): string =>
  `| \`${cell(native)}\` | ${becomes} | ${cell(note)} |`;

function section({ name, label, methods, setUp, events }: SourcePlugin): string {
  return `## ${label}

${methods.join(', ')} at \`/in/${name}/<account>\`. Details: [plugins/${name}](../plugins/${name}/README.md).

${setUp === undefined ? '' : `**At the network:** ${setUp}\n\n`}| Word | Becomes | Note |
| --- | --- | --- |
${events.map(row).join('\n')}
`;
}

/** The text of docs/networks.md before it is laid out. */
export const networksPage = (sources: readonly SourcePlugin[]): string =>
  [HEAD, ...sources.map(section)].join('\n');
