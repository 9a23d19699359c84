import type { Command, Options } from '../command.js';

const CREDENTIALS: Options = {
  secret: {
    value: 'NAME=FROM',
    help: 'a secret of the account, from env:VARIABLE, file:PATH or -',
    multiple: true,
  },
  credential: { value: 'NAME=VALUE', help: 'a credential that is no secret', multiple: true },
  credentials: {
    value: 'FILE',
    help: 'all of them, as JSON or YAML; may hold ${env:…} and ${file:…}',
  },
};

const MESSAGE: Options = {
  set: {
    value: 'PATH=VALUE',
    help: 'change the message: receipt=A1, lineItems.0.quantity=2',
    multiple: true,
  },
  payload: { value: 'FILE', help: 'a message of your own (JSON) instead of the sample' },
  order: { value: 'ID', help: 'the order it speaks of (default: a new one each time)' },
};

export const TRAFFIC: readonly Command[] = [
  {
    path: ['trigger'],
    summary: 'Send a genuine, signed notification to the gateway, as the network would',
    words: '<network>.<event>',
    count: [0, 1],
    about:
      'The event is a word (sale, rebill, refund, chargeback, lead, test, …) or the name of a sample. Credentials come from the\n' +
      'options, else from what the gateway shows of the account, else from waybill.yaml here; stored secrets must be given again.\n' +
      'Orders made here begin with WBT (random digits where only digits will do), and the request carries x-waybill-trigger.\n' +
      'Before a live target is told it asks, or wants --yes.',
    options: {
      account: { value: 'ID', help: 'which account (needed when the network has several)' },
      ...MESSAGE,
      count: { value: 'N', help: 'so many, each a purchase of its own' },
      rate: { value: 'N', help: 'at most so many in a second' },
      door: { value: 'URL', help: 'where /in/… is, if not at the address of the API' },
      ...CREDENTIALS,
      yes: { value: true, short: 'y', help: 'do not ask' },
      list: { value: true, help: 'list the events of the network, or of all' },
    },
    examples: [
      'waybill trigger clickbank.sale --secret secretKey=env:CLICKBANK_SECRET --set vendorVariables.click_id=clk_1',
      'waybill trigger clickbank.refund --order WBTK7M2P9QRSTU',
      'waybill trigger stripe --list',
      'waybill trigger clickbank.test --count 1000 --rate 100',
    ],
    load: () => import('../../traffic/trigger.js'),
  },
  {
    path: ['listen'],
    summary: 'Show live what comes in, what it means, and what goes out',
    about: 'After a break it connects again and goes on behind the last one that it has shown.',
    options: {
      kinds: { value: 'KINDS', help: 'receipts,events,deliveries (default: all)', multiple: true },
      account: { value: 'ID', help: 'of this account only' },
      target: { value: 'ID', help: 'to this target only' },
      max: { value: 'N', help: 'end after so many' },
    },
    examples: ['waybill listen', 'waybill listen --kinds deliveries --target tap --json'],
    load: () => import('../../traffic/listen.js'),
  },
  {
    path: ['sign'],
    summary: 'Sign a message for a network, and print it as a curl command',
    words: '<network>[.<event>]',
    count: [1, 1],
    about:
      'Offline: nothing is sent. Where the request holds a secret itself (a token in the URL), the command names a variable\n' +
      'in its place. --out writes the request as it goes over the wire, secret included, for you alone (0600).',
    options: {
      ...CREDENTIALS,
      ...MESSAGE,
      account: { value: 'ID', help: 'account in the URL (default: the name of the network)' },
      to: { value: 'URL', help: 'gateway in the URL (WAYBILL_URL, else http://127.0.0.1:3000)' },
      out: { value: 'FILE', help: 'write the request into a file' },
    },
    examples: [
      'waybill sign clickbank.sale --account cb-main --credential vendor=mystore --secret secretKey=env:CLICKBANK_SECRET',
      'waybill sign stripe --payload event.json --secret signingSecret=env:STRIPE_SIGNING_SECRET --out event.http',
    ],
    offline: true,
    load: () => import('../../traffic/sign.js'),
  },
  {
    path: ['verify'],
    summary: 'Check a caught request of a network, and say why it fails',
    words: '<network> <file|->',
    count: [2, 2],
    about:
      'Offline. The file is the text of the HTTP request (request line, headers, an empty line, the body, byte for byte), or\n' +
      'JSON with method, url, headers and body. What is often wrong is tried: line ends, formatting, time, blanks in a secret.',
    options: {
      ...CREDENTIALS,
      at: { value: 'TIME', help: 'when it arrived (default: its date header, else now)' },
      'public-url': { value: 'URL', help: 'the URL that the network calls, where it signs that' },
    },
    examples: [
      'waybill verify clickbank caught.http --credential vendor=mystore --secret secretKey=env:CLICKBANK_SECRET',
      'waybill verify stripe - --secret signingSecret=file:key --at 2026-11-20T10:00:00Z < caught.http',
    ],
    offline: true,
    load: () => import('../../traffic/verify.js'),
  },
];
