import type { Command, Options } from '../command.js';

const SETTINGS: Options = {
  id: { value: 'ID', help: 'how it is called from now on (default: the name of the plugin)' },
  set: {
    value: 'NAME=VALUE',
    help: 'a setting that is no secret; @FILE for a structure',
    multiple: true,
  },
  secret: {
    value: 'NAME=FROM',
    help: 'a secret, from env:VARIABLE, file:PATH or - (standard input)',
    multiple: true,
  },
};

const ASKS =
  'What is required and not given is asked for on a terminal, secrets without showing them. A secret is sent to the gateway,\n' +
  "which keeps it encrypted and never shows it. --set NAME='${env:VARIABLE}' stores a reference instead, which the gateway\n" +
  'resolves in its own environment.';

export const SET_UP: readonly Command[] = [
  {
    path: ['init'],
    summary: 'Write a starting waybill.yaml, and say what to do next',
    about: 'Never overwrites a file.',
    options: {
      file: { value: 'FILE', help: 'another name (default: waybill.yaml, or WAYBILL_CONFIG)' },
    },
    examples: ['waybill init'],
    offline: true,
    load: () => import('../../setup/init.js'),
  },
  {
    path: ['doctor'],
    summary: 'Look at everything, and say what is wrong and what to do about it',
    about:
      'Looks at this machine, the gateway, its stores and clock, the admin key, and each account and target.\n' +
      'Ends with 1 when something is wrong, with 3 when the gateway cannot be asked.',
    examples: [
      'waybill doctor',
      'waybill doctor --json | jq \'.findings[] | select(.state == "fail")\'',
    ],
    load: () => import('../../setup/doctor.js'),
  },
  {
    path: ['source', 'add'],
    summary: 'Connect a network: make an account, and say where its URL must be entered',
    words: '<network>',
    count: [1, 1],
    about: ASKS,
    options: {
      ...SETTINGS,
      programme: { value: 'ID', help: 'programme whose rules its events follow' },
      test: { value: true, help: 'everything of this account is a test' },
    },
    examples: [
      'waybill source add clickbank --id cb-main --set vendor=mystore --secret secretKey=env:CLICKBANK_SECRET',
      'waybill source add stripe --id shop --secret signingSecret=file:/run/secrets/stripe',
    ],
    load: () => import('../../setup/source-add.js'),
  },
  {
    path: ['target', 'add'],
    summary: 'Name a partner who must be told',
    words: '<partner>',
    count: [1, 1],
    about: ASKS,
    options: {
      ...SETTINGS,
      rate: { value: 'N', help: 'at most so many requests in a second' },
      test: { value: true, help: 'it gets test events, too' },
    },
    examples: [
      'waybill target add tapfiliate --id tap --secret apiKey=env:TAPFILIATE_API_KEY',
      "waybill target add postback --id tracker --set 'url=https://tracker.example/?cid={click_id}&sum={payout}'",
    ],
    load: () => import('../../setup/target-add.js'),
  },
  {
    path: ['route', 'add'],
    summary: 'Lead the events of an account to a target',
    options: {
      from: { value: 'ACCOUNT', help: 'account id, or * for all', multiple: true },
      to: { value: 'TARGET', help: 'target id', multiple: true },
      events: {
        value: 'TYPES',
        help: 'SALE,REFUND,… (default: all that the target takes)',
        multiple: true,
      },
      offers: { value: 'IDS', help: 'of these offers only', multiple: true },
      affiliates: { value: 'IDS', help: 'of these affiliates only', multiple: true },
      test: { value: true, help: 'test events may go this way to a live target' },
      id: { value: 'ID', help: 'how it is called (default: <from>-to-<to>)' },
    },
    examples: ['waybill route add --from cb-main --to tap --events SALE,REBILL,REFUND,CHARGEBACK'],
    load: () => import('../../setup/route-add.js'),
  },
];
