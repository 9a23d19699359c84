import { listOf, text, type Checked } from '../check.js';

const KNOWN = ['method', 'url', 'timestamp', 'id', 'body'];
const LITERAL = 'text:';

/** The signed parts in order; `text:v0` stands for the literal `v0`. */
export const parts = listOf(
  text((value) =>
    KNOWN.includes(value) || (value.startsWith(LITERAL) && value.length > LITERAL.length)
      ? undefined
      : `must be one of ${KNOWN.join(', ')} or ${LITERAL}<literal>, e.g. "body"`,
  ),
  10,
);

/** What the notification gives for each part. `url` may be known in more than one spelling. */
export interface Signable {
  readonly method: string;
  readonly url: string;
  readonly timestamp: string;
  readonly id: string;
  readonly body: Buffer;
}

function partOf(name: string, from: Signable): string | Buffer {
  switch (name) {
    case 'method':
      return from.method;
    case 'url':
      return from.url;
    case 'timestamp':
      return from.timestamp;
    case 'id':
      return from.id;
    case 'body':
      return from.body;
    default:
      return name.slice(LITERAL.length);
  }
}

/** The signed message as pieces, so that the raw bytes are never re-encoded. */
export const messageOf = (
  template: Checked<typeof parts>,
  separator: string,
  from: Signable,
): readonly (string | Buffer)[] =>
  template.flatMap((name, i) => (i === 0 ? [partOf(name, from)] : [separator, partOf(name, from)]));

interface Templated {
  readonly template?: readonly string[];
  readonly idHeader?: string;
  readonly tsHeader?: string;
  readonly tsUnit?: string;
  readonly toleranceSec?: number;
  readonly pairs?: object;
  readonly split?: string;
  readonly prefix?: string;
}

/** Contradictions that would leave something unsigned, or make every delivery fail. */
export function templateFaults(spec: Templated): readonly string[] {
  const template = spec.template ?? ['body'];
  const named = template.filter((part) => KNOWN.includes(part));
  const timed = spec.tsHeader !== undefined || spec.pairs !== undefined;
  const rules: readonly (readonly [boolean, string])[] = [
    [!template.includes('body'), 'template must hold "body", or the body is not signed'],
    [new Set(named).size < named.length, 'template must not name a part twice'],
    [
      timed && !template.includes('timestamp'),
      'template must hold "timestamp": a time that is not signed proves nothing',
    ],
    [
      !timed && template.includes('timestamp'),
      'template holds "timestamp", so tsHeader or pairs must say where it is',
    ],
    [
      template.includes('id') !== (spec.idHeader !== undefined),
      'template "id" and idHeader belong together',
    ],
    [
      spec.tsHeader !== undefined && spec.pairs !== undefined,
      'tsHeader and pairs exclude each other',
    ],
    [
      !timed && (spec.tsUnit ?? spec.toleranceSec) !== undefined,
      'tsUnit and toleranceSec need tsHeader or pairs',
    ],
    [
      spec.pairs !== undefined && (spec.split ?? spec.prefix) !== undefined,
      'pairs excludes prefix and split',
    ],
  ];
  return rules.flatMap(([broken, sentence]) => (broken ? [sentence] : []));
}
