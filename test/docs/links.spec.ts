import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { anchorsOf, blocksOf, OWN_PAGES, PAGES, proseOf, ROOT, textOf } from './pages.js';

const LINK = /\[[^\]]*\]\(([^)\s]+)\)/g;

const linksOf = (page: string): readonly string[] =>
  [...proseOf(page).matchAll(LINK)].map(([, to = '']) => to);

const isOutside = (link: string): boolean => /^[a-z]+:/.test(link);

function brokenLink(page: string, link: string): string | undefined {
  const [path = '', anchor] = link.split('#');
  const file = path === '' ? join(ROOT, page) : resolve(ROOT, dirname(page), path);
  if (relative(ROOT, file).startsWith('..')) return `${link} leads out of the repository`;
  if (!existsSync(file)) return `${link} leads nowhere`;
  if (anchor === undefined || !file.endsWith('.md')) return undefined;
  return anchorsOf(relative(ROOT, file)).has(anchor) ? undefined : `${link} names no heading`;
}

describe('links', () => {
  it.each(PAGES)('of %s lead somewhere', (page) => {
    const inside = linksOf(page).filter((link) => !isOutside(link));
    expect(inside.map((link) => brokenLink(page, link)).filter(Boolean)).toEqual([]);
  });

  it('reach every page from the first one', () => {
    const seen = new Set<string>(['README.md']);
    for (const page of seen) {
      for (const link of linksOf(page).filter((one) => !isOutside(one))) {
        const file = relative(ROOT, resolve(ROOT, dirname(page), link.split('#')[0] ?? ''));
        if (file.endsWith('.md') && existsSync(join(ROOT, file))) seen.add(file);
      }
    }
    expect(PAGES.filter((page) => !seen.has(page))).toEqual([]);
  });
});

const FILE =
  /`((?:src|test|plugins|tools|docs|bench)\/[\w./-]+\.(?:ts|mjs|md)|(?:src|test|plugins)\/[\w/-]+\/)`/g;

describe('files that pages name', () => {
  it.each(OWN_PAGES)('in %s exist', (page) => {
    const named = [...textOf(page).matchAll(FILE)].map(([, file = '']) => file);
    expect(named.filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
  });
});

interface Manifest {
  readonly scripts: Readonly<Record<string, string>>;
}

describe('commands that pages name', () => {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Manifest;

  it.each(OWN_PAGES)('in %s are scripts of the package', (page) => {
    const code = [
      ...blocksOf(page).map(({ text }) => text),
      ...[...proseOf(page).matchAll(/`([^`\n]+)`/g)].map(([, span = '']) => span),
    ];
    const run = code.flatMap((text) =>
      [...text.matchAll(/^ *npm (?:run )?([a-z:]+)/gm)].map(([, name = '']) => name),
    );
    const known = new Set([...Object.keys(scripts), 'install', 'ci']);
    expect([...new Set(run)].filter((name) => !known.has(name))).toEqual([]);
  });

  it.each(OWN_PAGES)('in %s are tests that exist', (page) => {
    const wanted = [
      ...textOf(page).matchAll(/npm test -- ((?:(?:test|plugins|src)\/[\w/.-]+ ?)+)/g),
    ]
      .flatMap(([, paths = '']) => paths.trim().split(' '))
      .filter((path) => ![path, `${path}.spec.ts`].some((one) => existsSync(join(ROOT, one))));
    expect(wanted).toEqual([]);
  });
});

/** Hosts that pages may show: examples (RFC 2606), this machine, and vendors' own pages. */
const HOSTS =
  /^(?:[\w.-]+\.(?:example|internal)|example\.com|[\w-]+\.example\.com|<[a-z ]+>|localhost|127\.0\.0\.1|\{network\}\.go2cloud\.org|\{networkId\}\.api\.hasoffers\.com|api\.tapfiliate\.com|tapfiliate\.com|support\.tune\.com|developers\.tune\.com|(?:[\w-]+\.)?(?:voluum|redtrack|keitaro|clickmagick|standardwebhooks)[\w.-]*|www\.rfc-editor\.org|github\.com|aws\.amazon\.com)$/;

describe('what pages show', () => {
  it.each(PAGES)('in %s is no place of somebody’s own machine', (page) => {
    const text = textOf(page);
    expect(text).not.toMatch(/(?:^|[\s"'`(=:])\/(?:root|home|Users|work|tmp|var\/folders)\//m);
    expect(text).not.toMatch(/\b(?:192\.168|172\.(?:1[6-9]|2\d|3[01])|10\.\d+)\.\d+\.\d+(?!\/\d)/);
  });

  it.each(PAGES)('in %s are known hosts only', (page) => {
    const hosts = [
      ...textOf(page).matchAll(/https?:\/\/([^\s/:?#"'`)\\|]+(?: host>| gateway>)?)/g),
    ];
    const strange = hosts.map(([, host = '']) => host).filter((host) => !HOSTS.test(host));
    expect([...new Set(strange)]).toEqual([]);
  });

  it.each(OWN_PAGES)('in %s is no secret', (page) => {
    const shown = [...blocksOf(page).map(({ text }) => text), proseOf(page)].join('\n');
    expect(shown).not.toMatch(/\b(?:sk|rk)_(?:live|test)_\w{8,}|\bwbk_\w{8,}|\bwhsec_\w{8,}/);
  });
});
