import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Faults } from './fault.js';

/** Words that a plugin's own source may not hold. The linter bans them too; outside packages have no such linter. */
const BANNED: readonly (readonly [RegExp, string])[] = [
  [/\bDate\.now\b/, 'reads the clock (Date.now)'],
  [/\bnew Date\(\s*\)/, 'reads the clock (new Date())'],
  [/(?<!new )\bDate\(\s*\)/, 'reads the clock (Date())'],
  [/\bMath\.random\b/, 'throws dice (Math.random)'],
  [/\brandom(?:Bytes|UUID|Int|Fill|FillSync)\b/, 'throws dice (node:crypto)'],
  [/\bfetch\(/, 'does I/O (fetch)'],
  [/\bprocess\.(?:env|cwd|argv|hrtime|exit)\b/, 'reads the process'],
  [/\bset(?:Timeout|Interval|Immediate)\(/, 'uses a timer'],
];

const SECRETIVE = String.raw`[\w.?]*(?:signature|digest|hmac|mac|checksum|passphrase|token|secret)`;

/** `signature === expected`: the comparison stops at the first wrong byte and so tells how far a forger came. */
const LEAKY_COMPARISON = new RegExp(
  String.raw`\b${SECRETIVE}\)?\s*[!=]==?|[!=]==?\s*${SECRETIVE}\b(?!\()|\.digest\([^)]*\)\s*[!=]==?`,
  'i',
);

const COMMENT = /\/\*[\s\S]*?\*\/|(?<![:'"`])\/\/[^\n]*/g;

/** Faults of one source text. `name` stands in front of each. */
export function impurities(name: string, source: string): Faults {
  const code = source.replace(COMMENT, (comment) => comment.replace(/[^\n]/g, ' '));
  const faults = BANNED.filter(([word]) => word.test(code)).map(([, what]) => `${name} ${what}`);
  const leaky = code.split('\n').findIndex((line) => isLeaky(line));
  return leaky < 0
    ? faults
    : [...faults, `${name}:${leaky + 1} compares a secret with ===; use safeEqual`];
}

/** Lengths, kinds, absence and fixed words may be compared: they are no secret. */
function isLeaky(line: string): boolean {
  const harmless = line
    .replace(/[\w.?]+\.length\s*[!=]==?\s*[\w.]+/g, '')
    .replace(/[!=]==?\s*(?:undefined|null|true|false|\d+|'[^']*'|"[^"]*")/g, '');
  return LEAKY_COMPARISON.test(harmless);
}

/** Faults of every TypeScript or JavaScript file of a plugin, fixtures and specs left out. */
export function pluginImpurities(pluginDir: string): Faults {
  return readdirSync(pluginDir, { recursive: true, withFileTypes: true })
    .filter(
      (entry) =>
        entry.isFile() &&
        /\.[cm]?[jt]s$/.test(entry.name) &&
        !/\.(?:spec|d)\.[cm]?ts$/.test(entry.name),
    )
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !/[\\/](?:fixtures|node_modules)[\\/]/.test(path))
    .flatMap((path) => impurities(relative(pluginDir, path), readFileSync(path, 'utf8')));
}
