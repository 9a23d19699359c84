import type { NativeEvent, SourcePlugin } from '../../src/contract/index.js';

const HEAD = `# Networks and their words

What each word of each network becomes. The tables are made from the plugins themselves; do not edit them by hand:
\`UPDATE_DOCS=1 npm test -- test/docs/networks\` writes this page again, and \`npm test\` fails while it differs.

- **An event type** (\`SALE\`, \`REFUND\` …): an event of that type.
- **test**: verified, and recorded, where it makes an event at all, with \`test: true\`. A test event never reaches a live target unless its route says so.
- **ignored**: verified, understood, answered; nothing to record.
- **link**: ties names of one purchase together ([order links](decisions/0007-order-links.md)).

Which sources ask for what was missed, and why the others do not: [decision 0009](decisions/0009-backfills.md).

Any other word is parked: the network gets its 2xx, and the receipt can be replayed once the word is known. Each source's own
page says how its amounts, times and repeats are read, and how sure each fact is.
`;

/** What the gateway asks the network for by itself. */
const JOBS: Readonly<Record<string, string>> = {
  backfill: 'with the API’s key, what no notification told is asked for (job `backfill`)',
  poll: 'CJ sends nothing; its records are asked for (job `poll`)',
  'renew-channel': 'the channel is kept alive (job `renew-channel`)',
};

const asked = ({ jobs = [] }: SourcePlugin): string =>
  jobs.length === 0
    ? ''
    : `**By itself:** ${jobs.map(({ name }) => JOBS[name] ?? `job \`${name}\``).join('; ')}.\n\n`;

const entry = ({ name, methods }: SourcePlugin): string =>
  methods.length === 0 ? 'Nothing comes in' : `${methods.join(', ')} at \`/in/${name}/<account>\``;

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

const row = ({ native, becomes, note = '' }: NativeEvent): string =>
  `| \`${cell(native)}\` | ${becomes} | ${cell(note)} |`;

function section(source: SourcePlugin): string {
  const { name, label, setUp, events } = source;
  return `## ${label}

${entry(source)}. Details: [plugins/${name}](../plugins/${name}/README.md).

${setUp === undefined ? '' : `**At the network:** ${setUp}\n\n`}${asked(source)}| Word | Becomes | Note |
| --- | --- | --- |
${events.map(row).join('\n')}
`;
}

/** The text of docs/networks.md before it is laid out. */
export const networksPage = (sources: readonly SourcePlugin[]): string =>
  [HEAD, ...sources.map(section)].join('\n');
