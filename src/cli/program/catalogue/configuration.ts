import type { Command, Options } from '../command.js';

const YES = { value: true, short: 'y', help: 'do not ask' } as const;
const WHOLE: Options = {
  whole: { value: true, help: 'the document is everything: what it does not name is removed' },
};
const DOCUMENT =
  'The document has the form of waybill.yaml (YAML or JSON), whole or in part; - is standard input. Secrets are references,\n' +
  'or masks (••••••), which leave what is stored as it is.';

const HANDING_OVER: Options = {
  out: { value: 'FILE', help: 'write the key into this file (0600) instead of showing it' },
  'show-key': { value: true, help: 'show it even where this output is no terminal' },
};

export const CONFIGURATION: readonly Command[] = [
  {
    path: ['config', 'show'],
    summary: 'The configuration in force: of the file and of the API, secrets masked',
    words: '[accounts|targets|routes|offers|programmes]',
    count: [0, 1],
    examples: ['waybill config show', 'waybill config show routes --json'],
    load: () => import('../../config/show.js'),
  },
  {
    path: ['config', 'diff'],
    summary: 'What a document would change',
    words: '<file|->',
    count: [1, 1],
    about: DOCUMENT,
    options: { ...WHOLE, check: { value: true, help: 'end with 1 when there is a difference' } },
    examples: ['waybill config diff part.yaml', 'waybill config diff --check --whole all.yaml'],
    load: () => import('../../config/diff.js'),
  },
  {
    path: ['config', 'apply'],
    summary: 'Make these changes, all of them or none',
    words: '<file|->',
    count: [1, 1],
    about: `${DOCUMENT}\nShows the difference and asks. What somebody else has changed meanwhile is never overwritten.`,
    options: { ...WHOLE, 'dry-run': { value: true, help: 'only show the difference' }, yes: YES },
    examples: [
      'waybill config apply part.yaml --dry-run',
      'waybill config apply - --yes < part.yaml',
    ],
    load: () => import('../../config/apply.js'),
  },
  {
    path: ['keys', 'ls'],
    summary: 'Keys of the admin API: who has one, and when it was used',
    examples: ['waybill keys ls'],
    load: () => import('../../keys/ls.js'),
  },
  {
    path: ['keys', 'create'],
    summary: 'Make a key; it is shown only this once',
    options: {
      name: { value: 'NAME', help: 'who or what uses it' },
      scope: {
        value: 'SCOPES',
        help: 'read, replay, config, secrets:write, payout:read; separated by commas',
        multiple: true,
      },
      expires: { value: 'TIME', help: 'when it ends, like 2027-11-20T00:00:00Z (default: never)' },
      ...HANDING_OVER,
    },
    examples: [
      'waybill keys create --name dashboard --scope read',
      'waybill keys create --name night-job --scope read,replay --out ./night-job.key',
    ],
    load: () => import('../../keys/create.js'),
  },
  {
    path: ['keys', 'rotate'],
    summary: 'Make another key with the same rights, and revoke the old one',
    words: '<id>',
    count: [1, 1],
    options: {
      'keep-old': { value: true, help: 'leave the old one open, for whoever still uses it' },
      expires: { value: 'TIME', help: 'when the new one ends (default: as the old one)' },
      ...HANDING_OVER,
      yes: YES,
    },
    examples: ['waybill keys rotate 4q2k… --out ./dashboard.key --yes'],
    load: () => import('../../keys/rotate.js'),
  },
  {
    path: ['keys', 'revoke'],
    summary: 'Revoke a key, at once and for good',
    words: '<id>',
    count: [1, 1],
    options: { yes: YES },
    examples: ['waybill keys revoke 4q2k…'],
    load: () => import('../../keys/revoke.js'),
  },
];
