import { stringify } from 'yaml';
import { textAt } from '../../contract/read.js';
import type { Item } from '../gateway/client.js';
import type { Call } from '../program/call.js';
import { objectsOf } from './objects.js';

/** The objects of a section in the form of the file, each under a line that says who owns it. */
function sectionLines(section: string, objects: readonly Item[]): readonly string[] {
  return [
    `${section}:`,
    ...objects.flatMap((one) => {
      const owner =
        one['owner'] === 'file' ? 'the file' : `the API, version ${textAt(one, 'version')}`;
      const text = stringify([one['data']], { lineWidth: 100 }).trimEnd();
      return [`  # ${textAt(one, 'id')}: of ${owner}`, ...text.split('\n').map((l) => `  ${l}`)];
    }),
  ];
}

export async function run(call: Call): Promise<void> {
  const config = await call.api.get('config');
  const section = call.words[0];
  const objects = objectsOf(config).filter(
    (one) => section === undefined || one['section'] === section,
  );
  if (call.json) {
    call.document({ version: config['version'], applied: config['applied'], objects });
    return;
  }
  const version = textAt(config, 'version');
  call.io.say(
    `# configuration ${version}; this replica works by ${textAt(config, 'applied')}. Secrets are masked.`,
  );
  const sections = [...new Set(objects.map((one) => String(one['section'])))];
  for (const name of sections)
    for (const line of sectionLines(
      name,
      objects.filter((one) => one['section'] === name),
    ))
      call.io.say(line);
  if (objects.length === 0)
    call.io.note('nothing is configured; waybill source add <network> begins');
}
