import type { Route } from './routing-table.js';

/** A request as no well-behaved client would send it. */
export interface Attempt {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Other spellings of a path, each of which some router or proxy somewhere takes for the same. */
const SPELLINGS: readonly ((path: string) => string)[] = [
  (path) => path,
  (path) => `${path}/`,
  (path) => `/${path}`,
  (path) => path.replace('/v1/', '//v1/'),
  (path) => path.replace('/v1/', '/v1//'),
  (path) => `${path};a=b`,
  (path) => path.replace('/v1/', '/v1;a=b/'),
  (path) => path.replace('/v1/', '/v1/%2e/'),
  (path) => path.replace('/v1/', '/v1/%2e%2e/v1/'),
  (path) => path.replace('/v1/', '/v1/../v1/'),
  (path) => `/livez/..${path}`,
  (path) => `/in/stripe/%2e%2e/%2e%2e${path}`,
  (path) => path.toUpperCase(),
  (path) => path.replace('/api/', '/Api/'),
  (path) => path.replace('/api/', '/%61pi/'),
  (path) => path.replace('/api/', '/%2561pi/'),
  (path) => path.replace('/api/', '/api%2f'),
  (path) => path.replace('/api/', '\\api\\'),
  (path) => `${path}%00`,
  (path) => `${path}%20`,
  (path) => `${path}.json`,
  (path) => `${path}?`,
  (path) => `${path}?access_token=x&key=x&_method=GET`,
  (path) => `http://127.0.0.1${path}`,
];

const CONTENT_TYPES = [
  'application/json\t; a',
  'application/json ',
  'application/json;charset=\tx',
  'APPLICATION/JSON',
  'text/plain',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=',
  ';/garbage,',
];

const FORWARDED: readonly Readonly<Record<string, string>>[] = [
  { 'x-forwarded-for': '127.0.0.1' },
  { 'x-forwarded-host': 'localhost', 'x-forwarded-proto': 'https' },
  { 'x-forwarded-prefix': '/livez' },
  { 'x-forwarded-uri': '/livez', 'x-original-url': '/livez', 'x-rewrite-url': '/livez' },
  { 'x-forwarded-user': 'admin', 'x-remote-user': 'admin', 'x-real-ip': '127.0.0.1' },
  { forwarded: 'for=127.0.0.1;host=localhost' },
];

const KEYS: readonly Readonly<Record<string, string>>[] = [
  { authorization: 'Bearer' },
  { authorization: 'Bearer null' },
  { authorization: 'Basic YWRtaW46YWRtaW4=' },
  { authorization: 'Bearer wbk_aaaaaaaaaaaaaaaa_wrong' },
  { authorization: 'Bearer [object Object]' },
  { cookie: 'authorization=Bearer x', 'x-api-key': 'x' },
];

const OVERRIDES = ['GET', 'POST', 'PUT', 'DELETE', 'HEAD'].flatMap((method) => [
  { 'x-http-method-override': method },
  { 'x-http-method': method, 'x-method-override': method },
]);

const withBody = (method: string): boolean => !['GET', 'HEAD', 'OPTIONS'].includes(method);

/** Everything that is tried on one route, without a key that is one. `fill`: what stands where the route has a name. */
export function attemptsOn({ method, url }: Route, fill: string): readonly Attempt[] {
  const plain = url.replaceAll(/:\w+/g, fill);
  const one = (
    by: string,
    path: string,
    headers: Readonly<Record<string, string>> = {},
  ): Attempt => ({
    ...{ method: by, path },
    headers: withBody(by) ? { 'content-type': 'application/json', ...headers } : headers,
    body: withBody(by) ? '{}' : '',
  });
  const types = CONTENT_TYPES.map((type) => ({ 'content-type': type }));
  return [
    ...SPELLINGS.flatMap((spell) => [method, 'HEAD', 'OPTIONS'].map((by) => one(by, spell(plain)))),
    ...[...types, ...FORWARDED, ...KEYS].map((headers) => one(method, plain, headers)),
    ...OVERRIDES.flatMap((headers) => [one('POST', plain, headers), one('GET', plain, headers)]),
  ];
}
