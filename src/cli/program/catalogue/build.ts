import type { Command } from '../command.js';

export const BUILD: readonly Command[] = [
  {
    path: ['plugin', 'new'],
    summary: 'Write a plugin that passes the contract suite with invented values',
    words: '<source|target> <name>',
    count: [2, 2],
    options: {
      signing: {
        value: 'HOW',
        help: 'how the network proves itself',
        choices: ['hmac', 'token', 'none'],
      },
      body: { value: 'FORM', help: 'what the network sends', choices: ['json', 'form'] },
      method: { value: 'METHOD', help: 'how the partner is told', choices: ['GET', 'POST'] },
      dir: { value: 'FOLDER', help: "where the plugin's folder goes (default: plugins)" },
      package: { value: true, help: 'make an npm package of its own' },
    },
    examples: ['waybill plugin new source acme --signing hmac --body json'],
    offline: true,
    load: () => import('../../plugin/new.js'),
  },
  {
    path: ['plugin', 'test'],
    summary: 'Run the contract suite over a plugin',
    words: '<folder>',
    count: [1, 1],
    about: 'The plugin must be built: npm run build.',
    options: { all: { value: true, help: 'show the checks that pass, too' } },
    examples: ['waybill plugin test plugins/acme'],
    offline: true,
    load: () => import('../../kits/test-plugin.js'),
  },
  {
    path: ['completion'],
    summary: 'A script that completes commands and options in your shell',
    words: '<bash|zsh|fish>',
    count: [1, 1],
    examples: [
      'source <(waybill completion bash)',
      'waybill completion zsh > "${fpath[1]}/_waybill"',
      'waybill completion fish > ~/.config/fish/completions/waybill.fish',
    ],
    offline: true,
    load: () => import('../completion.js'),
  },
];
