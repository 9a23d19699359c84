import { createHash } from 'node:crypto';
import { PAGE_STYLE } from './style.js';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text for element content and quoted attributes. */
export const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);

const styleHash = createHash('sha256').update(PAGE_STYLE).digest('base64');

/** Nothing may be loaded from anywhere: no script at all, and of styles only the one on the page, by its hash. */
export const PAGE_POLICY = `default-src 'none'; style-src 'sha256-${styleHash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

const LOGO =
  '<svg class="logo" viewBox="0 0 32 32" aria-hidden="true"><rect width="32" height="32" rx="7"/>' +
  '<path d="M6 10.5h4l3 11 3-9 3 9 3-11h4" fill="none"/></svg>';

/** A whole page. `body` is HTML already. */
export const page = (title: string, body: string): string =>
  `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)}</title>
<style>${PAGE_STYLE}</style>
</head>
<body>
<header><a class="brand" href="/">${LOGO}<span>Waybill</span></a><nav><a href="/api/docs">API</a><a href="/readyz">Readiness</a></nav></header>
<main>
${body}
</main>
</body>
</html>
`;
