import { compilePath, pick, type Path } from '#contract';

/** A compiled mapping path. Without steps it means the record, or the document, itself. */
export interface Located {
  readonly fromRoot: boolean;
  readonly steps: Path;
}

const MAX_PATH = 256;

/** Quoted names may hold any character but a quote: form fields are called `deal[id]`, custom fields `custom.cf_1`. */
const QUOTED = /\["([^"]+)"\]/;

function compileSteps(text: string): Path | undefined {
  const steps: Path[number][] = [];
  // With one capture group, split alternates plain pieces (even) and quoted names (odd).
  for (const [i, piece] of text.split(QUOTED).entries()) {
    if (i % 2 === 1) steps.push({ name: piece });
    else if (piece !== '') {
      const plain = compilePath(i === 0 ? piece : piece.replace(/^\./, ''));
      if (!plain) return undefined;
      steps.push(...plain);
    }
  }
  return steps.length > 0 && steps.length <= 32 ? steps : undefined;
}

function compile(text: string): Located | undefined {
  if (text === '' || text.length > MAX_PATH) return undefined;
  if (text === '$') return { fromRoot: true, steps: [] };
  if (text === '@') return { fromRoot: false, steps: [] };
  const fromRoot = text.startsWith('$.') || text.startsWith('$[');
  const steps = compileSteps(fromRoot ? text.slice(text[1] === '.' ? 2 : 1) : text);
  return steps ? { fromRoot, steps } : undefined;
}

const cache = new Map<string, Located | undefined>();
const MAX_CACHED = 5000;

/**
 * Compiles `a.b`, `a[0]`, `a["dotted.name"]`, `["deal[id]"]`, `a[key=value]`. A path starts at the record; `$.a`
 * starts at the document, `@` is the record itself and `$` the document. `undefined`: not a path.
 */
export function locate(text: string): Located | undefined {
  if (cache.has(text)) return cache.get(text);
  const located = compile(text);
  if (cache.size < MAX_CACHED) cache.set(text, located);
  return located;
}

/** What the paths of a mapping are read against. */
export interface Scope {
  readonly root: unknown;
  readonly record: unknown;
}

/** The value at a path, or undefined. Own properties only; never throws. */
export function valueAt(scope: Scope, path: string): unknown {
  const located = locate(path);
  if (!located) return undefined;
  const from = located.fromRoot ? scope.root : scope.record;
  return located.steps.length === 0 ? from : pick(from, located.steps);
}
