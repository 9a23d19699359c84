import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Ways in which the code of a plugin can be poison for the process that runs it. */
export const KINDS = ['throws', 'never', 'aborts', 'blocks'] as const;
export type Kind = (typeof KINDS)[number];

/** A line of the marks: the poisoned code was entered. */
export interface Mark {
  readonly kind: Kind;
  readonly pid: number;
  readonly at: number;
}

/**
 * A target like `postback`, but for one order whose code misbehaves. Plain JavaScript, as a user's own plugin would be. Each
 * entry is marked in a file before the harm, so that the drill can count them.
 */
const SOURCE = `import { appendFileSync } from 'node:fs';
import { decimal, defineTarget, Text, Url } from 'waybill/contract';

class PoisonSettings {}
Url({ label: 'Address' })(PoisonSettings.prototype, 'url');
Text({ label: 'Kind' })(PoisonSettings.prototype, 'kind');
Text({ label: 'Order that is poison' })(PoisonSettings.prototype, 'order');
Text({ label: 'File of marks' })(PoisonSettings.prototype, 'marks');
Text({ label: 'Milliseconds to block' })(PoisonSettings.prototype, 'blockMs');

const harm = {
  throws: () => {
    throw new Error('poison');
  },
  never: () => new Promise(() => undefined),
  aborts: () => process.abort(),
  blocks: ({ blockMs }) => {
    const end = Date.now() + Number(blockMs);
    while (Date.now() < end);
  },
};

export default defineTarget({
  name: 'poison',
  label: 'Poison',
  settings: PoisonSettings,
  accepts: ['SALE', 'REFUND'],
  build: (event, settings) => {
    if (event.order?.id === settings.order && event.type === 'SALE') {
      const mark = { kind: settings.kind, pid: process.pid, at: Date.now() };
      appendFileSync(settings.marks, JSON.stringify(mark) + '\\n');
      const instead = harm[settings.kind](settings);
      if (instead !== undefined) return instead;
    }
    const url = new URL(settings.url);
    url.searchParams.set('eid', event.id);
    url.searchParams.set('txid', event.order?.id ?? '');
    url.searchParams.set('et', event.type);
    url.searchParams.set('amt', event.revenue === null ? '' : decimal(event.revenue));
    return { method: 'GET', url: url.href };
  },
});
`;

/** Writes the plugin below `dir`; returns the directory for WAYBILL_PLUGINS. */
export function writePoisonPlugin(dir: string): string {
  const plugins = path.join(dir, 'plugins');
  mkdirSync(path.join(plugins, 'poison'), { recursive: true });
  writeFileSync(path.join(plugins, 'poison/index.mjs'), SOURCE);
  return plugins;
}
