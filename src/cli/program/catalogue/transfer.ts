import type { Command } from '../command.js';

export const TRANSFER: readonly Command[] = [
  {
    path: ['export'],
    summary: 'Write the ledger, or a part of it, into a file',
    words: '<events|deliveries|receipts>',
    count: [1, 1],
    about:
      'Filters are those of the lists. The file is written beside its name first, so what bears the name is whole.',
    options: {
      format: { value: 'FORMAT', help: 'default: ndjson', choices: ['ndjson', 'csv'] },
      out: { value: 'FILE', help: 'where to (default: standard output)' },
      force: { value: true, help: 'replace the file' },
      order: { value: 'ID', help: 'events of this order' },
      click: { value: 'ID', help: 'events of this click' },
      event: { value: 'ID', help: 'deliveries of this event' },
      account: { value: 'ID', help: 'of this account' },
      target: { value: 'ID', help: 'deliveries to this target' },
      type: { value: 'TYPE', help: 'events of this type' },
      test: { value: 'YES', help: 'test events, or live ones', choices: ['true', 'false'] },
      state: { value: 'STATE', help: 'deliveries or receipts in this state' },
      since: { value: 'AGO', help: 'not older than 30m, 2h, 7d' },
      from: { value: 'TIME', help: 'not older than this time' },
      to: { value: 'TIME', help: 'older than this time' },
    },
    examples: [
      'waybill export events --format csv --from 2026-11-01 --to 2026-12-01 --out november.csv',
      'waybill export deliveries --state refused --since 7d | jq -r .target',
    ],
    load: () => import('../../transfer/export.js'),
  },
  {
    path: ['import', 'orders'],
    summary: 'Bring in the orders of a prior platform, so that later refunds find them',
    words: '<file|->',
    count: [1, 1],
    about:
      'NDJSON with one order per line, or CSV with a head line: docs/import.md says which members an order has. Imported orders\n' +
      'are sent to nobody. The same order told again is counted once, so an import that broke off can be run again.',
    options: {
      account: { value: 'ID', help: 'in whose name later refunds will come' },
      format: {
        value: 'FORMAT',
        help: 'default: by the name of the file',
        choices: ['ndjson', 'csv'],
      },
      map: {
        value: 'MEMBER=COLUMN',
        help: 'which column of a CSV file holds which member',
        multiple: true,
      },
      'dry-run': { value: true, help: 'check and count only' },
      yes: { value: true, short: 'y', help: 'do not ask' },
    },
    examples: [
      'waybill import orders orders.ndjson --account cb-main --dry-run',
      'waybill import orders old.csv --account cb-main --map orderId=order_number --map occurredAt=created_at',
    ],
    load: () => import('../../transfer/import-orders.js'),
  },
];
