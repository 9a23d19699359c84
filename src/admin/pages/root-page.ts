import { VERSION } from '../version.js';
import { escapeHtml, page } from './html.js';

/** What whoever opens the root should see: that it runs, and where to go on. Holds no data, so it needs no key. */
export const rootPage = (): string =>
  page(
    'Waybill',
    `<h1>Waybill is running</h1>
<p><span class="good">● Answering</span> <span class="dim">· version ${escapeHtml(VERSION)}</span></p>
<p>It takes in the webhooks of your networks, keeps every event once, and delivers each to the partners that must know until they have it.</p>
<div class="cards">
<section class="card"><h3>Is it healthy?</h3><p><a href="/readyz">/readyz</a> says whether it can take in events. The details, with the key: <code>/api/v1/health</code>.</p></section>
<section class="card"><h3>What can I ask?</h3><p><a href="/api/docs">The API, call by call</a>, and <a href="/api/openapi.json">its OpenAPI document</a> for tools.</p></section>
<section class="card"><h3>How do I measure it?</h3><p><a href="/metrics">/metrics</a> is in the format of Prometheus.</p></section>
</div>
<h2>Call the API</h2>
<p>The key is <code>WAYBILL_ADMIN_KEY</code>. Where none was given, one was made at the first start, in the file <code>admin-key</code> of the data directory (<code>.waybill</code> unless <code>WAYBILL_DATA</code> says otherwise).</p>
<pre><code>export WAYBILL_ADMIN_KEY="$(cat .waybill/admin-key)"
curl -H "Authorization: Bearer $WAYBILL_ADMIN_KEY" http://localhost:3000/api/v1/events</code></pre>
<h2>Connect a network</h2>
<p>Describe accounts, targets and routes in <code>waybill.yaml</code> and start again. Every account has an address of its own, <code>/in/&lt;source&gt;/&lt;account&gt;</code>; <code>GET /api/v1/accounts</code> lists them with the place in the network's menus where they belong.</p>`,
  );
