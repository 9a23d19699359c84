import { isDeepStrictEqual } from 'node:util';
import { isRecord, listAt, textAt } from '../../contract/read.js';
import type { Paint } from '../demo/tell/paint.js';
import type { Item } from '../gateway/client.js';
import { printable } from '../show/table.js';

const shown = (value: unknown): string => printable(JSON.stringify(value));

/** What differs between two objects, member by member, to the leaves. */
function differences(
  paint: Paint,
  path: string,
  before: unknown,
  after: unknown,
): readonly string[] {
  if (isDeepStrictEqual(before, after)) return [];
  if (isRecord(before) && isRecord(after)) {
    const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return names.flatMap((name) =>
      differences(paint, path === '' ? name : `${path}.${name}`, before[name], after[name]),
    );
  }
  return [
    ...(before === undefined ? [] : [paint('red', `  - ${path}: ${shown(before)}`)]),
    ...(after === undefined ? [] : [paint('green', `  + ${path}: ${shown(after)}`)]),
  ];
}

const MARKS: Readonly<Record<string, string>> = { made: '+', removed: '-', changed: '~' };

function oneChange(paint: Paint, change: unknown): readonly string[] {
  const how = textAt(change, 'how') ?? '';
  const head = `${MARKS[how] ?? '~'} ${textAt(change, 'section')} ${textAt(change, 'id')} ${how}`;
  if (!isRecord(change)) return [head];
  const before = isRecord(change['before']) ? change['before'] : {};
  const after = isRecord(change['after']) ? change['after'] : {};
  const lines = differences(paint, '', before, after);
  const secret = change['secretsChanged'] === true && how === 'changed';
  return [paint('bold', head), ...lines, ...(secret ? ['  ~ secrets change'] : [])];
}

/** What a change of the configuration changes. */
export function changeLines(paint: Paint, answer: Item): readonly string[] {
  const changes = listAt(answer, 'changes');
  const warnings = listAt(answer, 'warnings').map((one) => `warning: ${printable(String(one))}`);
  return [
    ...(changes.length === 0
      ? ['no differences']
      : changes.flatMap((one) => oneChange(paint, one))),
    ...warnings,
  ];
}
