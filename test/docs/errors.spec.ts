import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { PROBLEMS } from '../../src/admin/problems/problem.js';
import { REJECTIONS } from '../../src/contract/index.js';
import { ROOT, sourceFiles, textOf } from './pages.js';

const PAGE = textOf('docs/errors.md');

/** Prefixes such as `WB_PLUGIN_` in a comparison are no codes. */
const CODE = /\bWB_[A-Z]+(?:_[A-Z]+)*\b(?!_)/g;

const inSource = (): ReadonlySet<string> =>
  new Set(
    sourceFiles().flatMap((file) => readFileSync(join(ROOT, file), 'utf8').match(CODE) ?? []),
  );

interface Entry {
  readonly code: string;
  readonly text: string;
}

const entries: readonly Entry[] = PAGE.split(/^### /m)
  .slice(1)
  .map((part) => ({ code: part.split('\n', 1)[0] ?? '', text: part }));

describe('docs/errors.md', () => {
  it('lists every code of the source once, and no other', () => {
    expect(entries.map(({ code }) => code).toSorted()).toEqual([...inSource()].toSorted());
  });

  it.each(entries)('says of $code where, why, what to do and who', ({ text }) => {
    expect(text).toMatch(/^_.+_$/m);
    for (const part of ['Cause', 'Fix', 'Who']) {
      expect(text).toMatch(new RegExp(`^- \\*\\*${part}:\\*\\* .+`, 'm'));
    }
  });

  it('names every word by which the door refuses, with its status', () => {
    const { text = '' } = entries.find(({ code }) => code === 'WB_IN_REFUSED') ?? {};
    const [unauthorized = '', malformed = ''] = text.split('400:');
    for (const [reason, status] of Object.entries(REJECTIONS))
      expect(status === 401 ? unauthorized.split('401:')[1] : malformed).toContain(`\`${reason}\``);
  });

  it('gives the status that the admin API answers with', () => {
    const wrong = Object.entries(PROBLEMS).filter(([code, { status }]) => {
      const entry = entries.find((one) => one.code === code);
      return !entry?.text.includes(String(status));
    });
    expect(wrong).toEqual([]);
  });

  it('is the only place that a page needs: no page names another code', () => {
    const known = new Set(entries.map(({ code }) => code));
    const pages = ['README.md', 'docs/operations.md', 'docs/guarantee.md', 'docs/architecture.md'];
    const named = pages.flatMap((page) => textOf(page).match(CODE) ?? []);
    expect(named.filter((code) => !known.has(code))).toEqual([]);
  });
});
