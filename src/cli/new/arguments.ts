import { parseArgs } from 'node:util';

/** What to write, as asked on the command line. */
export interface Wanted {
  readonly kind: 'source' | 'target';
  readonly name: string;
  /** How the network proves itself. Sources only. */
  readonly signing: 'hmac' | 'token' | 'none';
  /** What the network's body looks like. Sources only. */
  readonly body: 'json' | 'form';
  /** How the partner is told. Targets only. */
  readonly method: 'GET' | 'POST';
  /** Folder that gets the plugin's folder. */
  readonly dir: string;
  /** A package of its own, outside this repository. */
  readonly asPackage: boolean;
}

export const USAGE = `Usage: npm run new -- <source|target> <name> [options]

  <name>                        kebab-case, at most 40 characters; also the folder and the path /in/<name>/...

Options of a source (a network that sends webhooks):
  --signing hmac|token|none     how the network proves itself (default: hmac)
  --body json|form              what it sends (default: json)

Options of a target (a partner that must be told):
  --method GET|POST             how it is told (default: POST)

Options of both:
  --dir <folder>                where the plugin's folder goes (default: plugins)
  --package                     make an npm package of its own, for use outside this repository
  --help                        this text

Example: npm run new -- source acme --signing hmac --body json
`;

const NAME = /^(?=.{1,40}$)[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/;

function oneOf<T extends string>(
  option: string,
  value: string | undefined,
  allowed: readonly T[],
  normal: T,
): T {
  if (value === undefined) return normal;
  const found = allowed.find((one) => one === value);
  if (found === undefined)
    throw new Error(`--${option} must be ${allowed.join(', ')}; not "${value}"`);
  return found;
}

function parsed(argv: readonly string[]) {
  const text = { type: 'string' } as const;
  return parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: { signing: text, body: text, method: text, dir: text, package: { type: 'boolean' } },
  });
}

/** Reads the command line. Throws an Error whose message tells what is wrong. */
export function readArguments(argv: readonly string[]): Wanted {
  const { values, positionals } = parsed(argv);
  const [kind, name, ...more] = positionals;
  if (kind !== 'source' && kind !== 'target')
    throw new Error('say first what to make: source or target');
  if (name === undefined) throw new Error(`name the ${kind}`);
  if (!NAME.test(name))
    throw new Error(`"${name}" is not kebab-case (like acme or big-shop) or too long`);
  if (more.length > 0) throw new Error(`too many words: ${more.join(' ')}`);
  const foreign = kind === 'source' ? (['method'] as const) : (['signing', 'body'] as const);
  for (const option of foreign) {
    if (values[option] !== undefined) throw new Error(`--${option} is no option of a ${kind}`);
  }
  return {
    kind,
    name,
    signing: oneOf('signing', values.signing, ['hmac', 'token', 'none'], 'hmac'),
    body: oneOf('body', values.body, ['json', 'form'], 'json'),
    method: oneOf('method', values.method, ['GET', 'POST'], 'POST'),
    dir: values.dir ?? 'plugins',
    asPackage: values.package ?? false,
  };
}
