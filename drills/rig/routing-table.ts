/** One route as the router has it. */
export interface Route {
  readonly method: string;
  /** With `:name` for what stands for anything. */
  readonly url: string;
}

/** Every fourth column goes one level down: `│   ├── /name (GET, HEAD)`. */
const LINE = /^((?:[│ ] {3})*)[├└]── (\S*)(?: \(([A-Z, ]+)\))?/;

/** Reads what Fastify prints of its routing table (`commonPrefix: false`). Throws on a line that it cannot read. */
export function routesIn(printed: string): readonly Route[] {
  const parts: string[] = [];
  const routes: Route[] = [];
  for (const line of printed.split('\n').filter((one) => one.trim() !== '')) {
    const [, indent, part = '', methods = ''] = LINE.exec(line) ?? [];
    if (indent === undefined) throw new Error(`not a line of a routing table: ${line}`);
    parts.length = indent.length / 4;
    parts.push(part);
    const url = parts.join('');
    for (const method of methods.split(', ').filter((one) => one !== ''))
      routes.push({ method, url });
  }
  return routes;
}

/** OpenAPI writes `{name}` where the router writes `:name`. */
export const openApiRoutes = (document: {
  readonly paths: Readonly<Record<string, object>>;
}): readonly Route[] =>
  Object.entries(document.paths).flatMap(([url, methods]) =>
    Object.keys(methods).map((method) => ({
      method: method.toUpperCase(),
      url: url.replace(/\{(\w+)\}/g, ':$1'),
    })),
  );
