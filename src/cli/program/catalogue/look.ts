import { EVENT_TYPES } from '../../../contract/event.js';
import type { Command, Options } from '../command.js';

const STATES = [
  ...['due', 'held', 'sending', 'retry', 'uncertain'],
  ...['delivered', 'duplicate', 'skipped', 'refused', 'dead', 'cancelled'],
];

const LIMIT: Options = {
  limit: { value: 'N', help: 'at most so many, newest first (default: 50)' },
};

const RANGE: Options = {
  since: { value: 'AGO', help: 'not older than 30m, 2h, 7d' },
  from: {
    value: 'TIME',
    help: 'not older than this time, like 2026-11-20 or 2026-11-20T10:00:00Z',
  },
  to: { value: 'TIME', help: 'older than this time' },
};

const account = { value: 'ID', help: 'of this account' } as const;
const target = { value: 'ID', help: 'to this target' } as const;
const type = {
  value: 'TYPE',
  help: `${EVENT_TYPES.slice(0, 3).join(', ')}, SALE, REFUND, …`,
} as const;
const yes = { value: true, short: 'y', help: 'do not ask' } as const;

const one = (
  path: readonly string[],
  summary: string,
  load: Command['load'],
  more: Partial<Command> = {},
): Command => ({
  path,
  summary,
  words: '<id>',
  count: [1, 1],
  examples: [`waybill ${path.join(' ')} ${more.words === '<target>' ? 'tap' : '<id>'}`],
  load,
  ...more,
});

const EVENTS: readonly Command[] = [
  {
    path: ['events', 'ls'],
    summary: 'Events, newest first',
    options: {
      order: { value: 'ID', help: 'every event of this order, by any of its names' },
      click: { value: 'ID', help: 'of this click' },
      account,
      type,
      test: {
        value: 'YES',
        help: 'only test events, or only live ones',
        choices: ['true', 'false'],
      },
      ...RANGE,
      ...LIMIT,
    },
    examples: [
      'waybill events ls --order RCPT1',
      'waybill events ls --type refund --since 24h --json',
    ],
    load: () => import('../../look/events-ls.js'),
  },
  one(
    ['events', 'show'],
    'One event: itself, its order, its deliveries',
    () => import('../../look/events-show.js'),
  ),
  one(
    ['events', 'explain'],
    'Why an event went where it went, step by step',
    () => import('../../look/events-explain.js'),
    { options: { facts: { value: true, help: 'with the facts behind each sentence' } } },
  ),
  one(
    ['events', 'replay'],
    'Send an event again to the targets that have finished with it',
    () => import('../../look/events-replay.js'),
    {
      options: { target: { value: 'ID', help: 'to this target only' } },
      examples: ['waybill events replay <id> --target tap'],
    },
  ),
];

const DELIVERIES: readonly Command[] = [
  {
    path: ['deliveries', 'ls'],
    summary: 'Deliveries, newest first, each with why it is where it is',
    options: {
      event: { value: 'ID', help: 'of this event' },
      target,
      state: { value: 'STATE', help: 'in this state', choices: STATES },
      account,
      ...LIMIT,
    },
    examples: ['waybill deliveries ls --target tap --state refused'],
    load: () => import('../../look/deliveries-ls.js'),
  },
  one(
    ['deliveries', 'show'],
    'One delivery with every try',
    () => import('../../look/deliveries-show.js'),
  ),
  one(
    ['deliveries', 'replay'],
    'Send a finished delivery again',
    () => import('../../look/deliveries-replay.js'),
  ),
  one(
    ['deliveries', 'decide'],
    'Decide a delivery of unknown fate that waits for a person',
    () => import('../../look/deliveries-decide.js'),
    {
      options: {
        as: {
          value: 'WHAT',
          help: 'the partner has it, or has it not',
          choices: ['delivered', 'resend'],
        },
      },
      examples: ['waybill deliveries decide <id> --as resend'],
    },
  ),
];

const RECEIPTS: readonly Command[] = [
  {
    path: ['receipts', 'ls'],
    summary: 'Receipts: what the networks sent, newest first',
    options: {
      account,
      state: {
        value: 'STATE',
        help: 'what became of it',
        choices: ['recorded', 'repeat', 'conflict', 'parked'],
      },
      ...LIMIT,
    },
    examples: ['waybill receipts ls --state parked'],
    load: () => import('../../look/receipts-ls.js'),
  },
  one(
    ['receipts', 'show'],
    'One receipt with its body, masked',
    () => import('../../look/receipts-show.js'),
  ),
  one(
    ['receipts', 'replay'],
    'Read a parked receipt again',
    () => import('../../look/receipts-replay.js'),
  ),
];

const TARGETS: readonly Command[] = [
  {
    path: ['targets', 'ls'],
    summary: 'Targets: which run, which are paused, what waits',
    examples: ['waybill targets ls'],
    load: () => import('../../look/targets-ls.js'),
  },
  one(
    ['targets', 'pause'],
    'Hold everything for a target; its deliveries wait and do not age',
    () => import('../../look/targets-pause.js'),
    {
      words: '<target>',
      options: { reason: { value: 'TEXT', help: 'why, for whoever finds it paused' } },
      examples: ['waybill targets pause tap --reason "maintenance until 18:00"'],
    },
  ),
  one(
    ['targets', 'resume'],
    'Let a paused target run again',
    () => import('../../look/targets-resume.js'),
    { words: '<target>' },
  ),
];

const REPLAYS: readonly Command[] = [
  {
    path: ['replays', 'start'],
    summary: 'Replay many, by filter, after showing what matches',
    words: '<deliveries|receipts>',
    count: [1, 1],
    about: 'Shows how many match and asks. Ctrl-C ends the watching, not the replay.',
    options: {
      target,
      account,
      state: {
        value: 'STATES',
        help: 'in these states: dead, refused, skipped; separated by commas',
        multiple: true,
      },
      reason: { value: 'TEXT', help: 'whose reason begins so' },
      type,
      ...RANGE,
      rate: { value: 'N', help: 'at most so many in a second' },
      'dry-run': { value: true, help: 'only show what matches' },
      detach: { value: true, help: 'do not watch it' },
      yes,
    },
    examples: [
      'waybill replays start deliveries --target tap --state refused,dead --since 24h --dry-run',
      'waybill replays start receipts --account cb-main --yes',
    ],
    load: () => import('../../look/replays-start.js'),
  },
  {
    path: ['replays', 'ls'],
    summary: 'Replays of many, and how far they are',
    examples: ['waybill replays ls'],
    load: () => import('../../look/replays-ls.js'),
  },
  one(['replays', 'show'], 'One of them', () => import('../../look/replays-show.js')),
  one(
    ['replays', 'cancel'],
    'Stop one; what it has sent stays sent',
    () => import('../../look/replays-cancel.js'),
  ),
];

export const LOOK: readonly Command[] = [
  {
    path: ['search'],
    summary: 'Find whatever is called so: event, delivery, order, click, account, …',
    words: '<text>',
    count: [1, 20],
    about: 'Ends with 1 when nothing is found.',
    examples: ['waybill search RCPT1'],
    load: () => import('../../look/search.js'),
  },
  ...EVENTS,
  ...DELIVERIES,
  ...RECEIPTS,
  ...TARGETS,
  ...REPLAYS,
];
