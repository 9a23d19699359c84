import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

interface ProfileNode {
  readonly id: number;
  readonly callFrame: {
    readonly functionName: string;
    readonly url: string;
    readonly lineNumber: number;
  };
}

interface Profile {
  readonly nodes: readonly ProfileNode[];
  readonly samples: readonly number[];
  /** Microseconds since the sample before. */
  readonly timeDeltas: readonly number[];
}

const TOP = 30;

/** Package of a file in node_modules, the folder of one of ours, or Node's own module. */
function owner(url: string): string {
  const inPackage = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url)?.[1];
  if (inPackage !== undefined) return inPackage;
  if (url.startsWith('node:')) return url.split('/').slice(0, 2).join('/');
  return /\/dist\/(\w+\/\w+)/.exec(url)?.[1] ?? (url === '' ? '(engine)' : path.basename(url));
}

function nameOf({ callFrame }: ProfileNode): string {
  const { functionName, url, lineNumber } = callFrame;
  const place = url === '' ? '' : `  ${owner(url)} ${path.basename(url)}:${lineNumber + 1}`;
  return `${functionName || '(anonymous)'}${place}`;
}

function ranked(times: ReadonlyMap<string, number>, busy: number, count: number): string[] {
  return [...times]
    .sort(([, a], [, b]) => b - a)
    .slice(0, count)
    .map(([name, us]) => {
      const share = ((us / busy) * 100).toFixed(1).padStart(5);
      return `  ${share} %  ${(us / 1000).toFixed(0).padStart(6)} ms  ${name}`;
    });
}

/** Self time of one profile, by owner and by function; idle time is left out. */
function summary({ nodes, samples, timeDeltas }: Profile): string {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const functions = new Map<string, number>();
  const owners = new Map<string, number>();
  let busy = 0;
  samples.forEach((id, i) => {
    const node = byId.get(id);
    const us = timeDeltas[i] ?? 0;
    if (!node || node.callFrame.functionName === '(idle)') return;
    busy += us;
    const who = node.callFrame.url === '' ? nameOf(node) : owner(node.callFrame.url);
    functions.set(nameOf(node), (functions.get(nameOf(node)) ?? 0) + us);
    owners.set(who, (owners.get(who) ?? 0) + us);
  });
  return [
    `busy ${(busy / 1000).toFixed(0)} ms, by owner:`,
    ...ranked(owners, busy, TOP),
    'by function:',
    ...ranked(functions, busy, TOP * 2),
  ].join('\n');
}

/** Where the time of every profile in a directory went (self time), start-up and warm-up included. */
export async function summarizeProfiles(dir: string): Promise<string> {
  const files = (await readdir(dir)).filter((name) => name.endsWith('.cpuprofile')).sort();
  const parts: string[] = [];
  for (const name of files) {
    const profile = JSON.parse(await readFile(path.join(dir, name), 'utf8')) as Profile;
    parts.push(`${name}: ${summary(profile)}`);
  }
  return parts.join('\n\n');
}
