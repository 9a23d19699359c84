import {
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  visit,
  type Document,
  type ErrorCode,
  type YAMLError,
} from 'yaml';
import type { Fault } from '#contract';
import { joined } from './reading.js';

/** A configuration file as plain data, with the line of every path (`accounts[0].id` → 3). */
export interface YamlFile {
  readonly data: unknown;
  readonly lines: ReadonlyMap<string, number>;
  readonly faults: readonly Fault[];
  /** The text could not be read to its end: the data is not worth judging. */
  readonly broken: boolean;
}

/** Our own words: the parser's messages quote the file, and the file may hold secrets. */
const SENTENCES: Partial<Record<ErrorCode, string>> = {
  BAD_INDENT: 'is indented wrongly, or a bracket above is not closed',
  TAB_AS_INDENT: 'is indented with a tab; use spaces',
  MISSING_CHAR: 'lacks a closing quote, bracket, colon or comma',
  BLOCK_AS_IMPLICIT_KEY: 'has two "key: value" on one line; quote a text that holds ": "',
  BAD_SCALAR_START: 'begins a text with a character that must be quoted',
  BAD_DQ_ESCAPE: 'has an unknown \\ escape in double quotes',
  MULTIPLE_DOCS: 'begins a second document ("---"); one file is one document',
  UNEXPECTED_TOKEN: 'is not YAML here; a text with { } [ ] , # or ": " must be quoted',
};

const REFERENCE_EXAMPLE = '{ apiKey: "${env:NAME}" }';

function syntaxFault(error: YAMLError, text: string, counter: LineCounter): Fault {
  const { line } = counter.linePos(error.pos[0]);
  const path = `line ${line}`;
  if (error.code === 'DUPLICATE_KEY') {
    const key = /^[\w-]{1,64}/.exec(text.slice(error.pos[0]))?.[0] ?? 'a key';
    return { path, rule: `gives "${key}" a second time in the same map` };
  }
  const rule = SENTENCES[error.code] ?? 'is not valid YAML';
  const source = text.split('\n')[line - 1] ?? '';
  return /[[{].*\$\{/.test(source)
    ? {
        path,
        rule: `${rule}; inside { } or [ ] a reference must be quoted`,
        example: REFERENCE_EXAMPLE,
      }
    : { path, rule };
}

/** Digits that a number would not keep (`0123`, `1e5`, 2^53 and more) stay the text that was written: they are ids. */
function keepDigits(document: Document): void {
  visit(document, {
    Scalar: (_key, node) => {
      if (
        typeof node.value === 'number' &&
        node.source !== undefined &&
        String(node.value) !== node.source
      ) {
        node.value = node.source;
      }
    },
  });
}

/** The line of every path; a member has the line of its key. Aliases are not followed: their text stands elsewhere. */
function collectLines(
  node: unknown,
  path: string,
  counter: LineCounter,
  lines: Map<string, number>,
): void {
  if (isNode(node) && node.range && !lines.has(path)) {
    lines.set(path, counter.linePos(node.range[0]).line);
  }
  if (isSeq(node)) {
    node.items.forEach((item, index) => collectLines(item, `${path}[${index}]`, counter, lines));
  } else if (isMap(node)) {
    for (const { key, value } of node.items.filter((pair) => isScalar(pair.key))) {
      const at = joined(path, String(isScalar(key) ? key.value : ''));
      collectLines(key, at, counter, lines);
      collectLines(value, at, counter, lines);
    }
  }
}

/** Reads YAML 1.2 (core schema). Never throws; duplicate keys and syntax faults carry their line. */
export function readYaml(text: string): YamlFile {
  const counter = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: counter,
    prettyErrors: false,
    logLevel: 'error',
  });
  const first = document.errors.findIndex((error) => error.code !== 'DUPLICATE_KEY');
  const broken = first >= 0;
  // Behind the first break the parser only guesses; what it says there would mislead.
  const faults = document.errors
    .slice(0, broken ? first + 1 : undefined)
    .map((error) => syntaxFault(error, text, counter));
  const lines = new Map<string, number>();
  if (broken) return { data: null, lines, faults, broken };
  keepDigits(document);
  collectLines(document.contents, '', counter, lines);
  try {
    return { data: document.toJS() as unknown, lines, faults, broken };
  } catch {
    const rule =
      'has an alias (*name) without its anchor (&name) above it, or far too many of them';
    return { data: null, lines, faults: [...faults, { path: 'file', rule }], broken: true };
  }
}
