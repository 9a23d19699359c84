import type { OpenAPIObject } from '@nestjs/swagger';
import { PROBLEMS } from '../problems/problem.js';
import { escapeHtml, page } from './html.js';

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly description?: string;
  readonly schema?: { readonly type?: string; readonly enum?: readonly string[] };
}

interface Operation {
  readonly summary?: string;
  readonly operationId?: string;
  readonly tags?: readonly string[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: object;
  readonly responses?: Readonly<Record<string, { description?: string; content?: object }>>;
}

interface Call {
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;

function callsOf(document: OpenAPIObject): Call[] {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    METHODS.flatMap((method) => {
      const operation = item[method] as Operation | undefined;
      return operation ? [{ method, path, operation }] : [];
    }),
  );
}

const code = (text: string): string => `<code>${escapeHtml(text)}</code>`;

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '';
  const cells = (tag: string, row: readonly string[]): string =>
    `<tr>${row.map((cell) => `<${tag}>${cell}</${tag}>`).join('')}</tr>`;
  return `<div class="scroll"><table><thead>${cells('th', head)}</thead><tbody>${rows.map((row) => cells('td', row)).join('')}</tbody></table></div>`;
}

function parameterRow({ name, required, description = '', schema }: Parameter): string[] {
  const values = schema?.enum ? ` One of ${schema.enum.map(code).join(', ')}.` : '';
  return [
    `${code(name)}${required ? ' <span class="dim">required</span>' : ''}`,
    `${escapeHtml(description)}${values}`,
  ];
}

/** The name of the schema that a body or an answer refers to. */
function schemaName(value: object | undefined): string {
  const found = /"#\/components\/schemas\/([^"]+)"/.exec(JSON.stringify(value ?? {}))?.[1];
  return found === undefined
    ? ''
    : `<a href="#schema-${escapeHtml(found)}">${escapeHtml(found)}</a>`;
}

function call({ method, path, operation }: Call): string {
  const {
    parameters = [],
    responses = {},
    requestBody,
    summary = '',
    operationId = '',
  } = operation;
  const answers = Object.entries(responses).map(([status, { description = '', content }]) => [
    code(status),
    escapeHtml(description),
    schemaName(content),
  ]);
  return `<details id="${escapeHtml(operationId)}"><summary><span class="verb">${method.toUpperCase()}</span>${code(path)}<span class="dim">${escapeHtml(summary)}</span></summary><div class="in">
${parameters.length > 0 ? '<h3>Parameters</h3>' : ''}${table(['Name', 'Meaning'], parameters.map(parameterRow))}
${requestBody ? `<h3>Body</h3><p>${schemaName(requestBody)}</p>` : ''}
<h3>Answers</h3>${table(['Status', 'When', 'Body'], answers)}
</div></details>`;
}

function schemas(document: OpenAPIObject): string {
  return Object.entries(document.components?.schemas ?? {})
    .map(
      ([name, schema]) =>
        `<details id="schema-${escapeHtml(name)}"><summary>${code(name)}</summary><div class="in"><pre><code>${escapeHtml(JSON.stringify(schema, null, 2))}</code></pre></div></details>`,
    )
    .join('\n');
}

const problems = (): string =>
  Object.entries(PROBLEMS)
    .map(
      ([name, { status, title, fix }]) =>
        `<section class="card" id="${name}"><h3>${code(name)} <span class="dim">${status}</span></h3><p>${escapeHtml(title)}.</p><p class="dim">${escapeHtml(fix)}</p></section>`,
    )
    .join('\n');

/** The API for people: the same document that tools read, without a script and without any other host. */
export function docsPage(document: OpenAPIObject): string {
  const calls = callsOf(document);
  const tags = [...new Set(calls.flatMap(({ operation }) => operation.tags ?? []))];
  const groups = tags.map((tag) => {
    const own = calls.filter(({ operation }) => operation.tags?.includes(tag));
    return `<h2 id="${escapeHtml(tag)}">${escapeHtml(tag)}</h2>\n${own.map(call).join('\n')}`;
  });
  return page(
    'Waybill: API',
    `<h1>API</h1>
<p>${escapeHtml(document.info.description ?? '')}</p>
<p>Tools read <a href="/api/openapi.json">/api/openapi.json</a>. Every call under <code>/api/v1</code> needs the key:</p>
<pre><code>curl -H "Authorization: Bearer $WAYBILL_ADMIN_KEY" "http://localhost:3000/api/v1/deliveries?status=dead"</code></pre>
${groups.join('\n')}
<h2 id="errors">Errors</h2>
<p>Every error is a problem document with <code>code</code>, <code>detail</code> and <code>fix</code>.</p>
<div class="cards">${problems()}</div>
<h2 id="schemas">Schemas</h2>
${schemas(document)}`,
  );
}
