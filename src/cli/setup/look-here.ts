import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { isRecord, listAt, textAt } from '../../contract/read.js';
import { parse } from 'yaml';
import { usualKeyFile } from '../gateway/admin-key.js';
import { messageOf } from '../program/exit.js';
import type { Io } from '../program/io.js';
import { fail, ok, skip, warn, type Finding } from './finding.js';

const WISHED_MAJOR = 24;

export function nodeFinding(version = process.versions.node): Finding {
  const major = Number(version.split('.')[0]);
  return major >= WISHED_MAJOR
    ? ok('Node', version)
    : warn(
        'Node',
        `${version} works; Waybill is tested on ${WISHED_MAJOR}`,
        'npm start brings its own',
      );
}

/** Who may read the key file besides its owner. */
function keyFileFinding(io: Io): readonly Finding[] {
  const file = usualKeyFile(io.around);
  if (process.platform === 'win32' || !existsSync(file)) return [];
  const others = statSync(file).mode & 0o077;
  return others === 0
    ? []
    : [fail('key file', `${file} can be read by others`, `chmod 600 ${file}`)];
}

/** References of one account or target that lead to nothing here. */
function missing(io: Io, value: unknown): readonly string[] {
  if (typeof value === 'string')
    return [...value.matchAll(/\$\{(env|file):([^}]+)\}/g)].flatMap(([, kind, name = '']) =>
      kind === 'env'
        ? io.around.env[name]
          ? []
          : [`the variable ${name} is not set`]
        : existsSync(path.resolve(io.around.cwd, name))
          ? []
          : [`there is no file ${name}`],
    );
  return typeof value === 'object' && value !== null
    ? Object.values(value).flatMap((one) => missing(io, one))
    : [];
}

function referenceFindings(io: Io, document: unknown): readonly Finding[] {
  return (['accounts', 'targets'] as const).flatMap((section) =>
    listAt(document, section)
      .filter(isRecord)
      .flatMap((one) => {
        const what = `${section.slice(0, -1)} ${textAt(one, 'id') ?? '?'}`;
        const fix = 'set it in the environment that the gateway is started from';
        return [...new Set(missing(io, one))].map((says) => warn(what, `${says} here`, fix));
      }),
  );
}

/** The configuration file of this directory, and whether its references lead anywhere. */
function fileFindings(io: Io): readonly Finding[] {
  const { cwd, env } = io.around;
  const file = path.resolve(cwd, env['WAYBILL_CONFIG'] || 'waybill.yaml');
  if (!existsSync(file)) return [skip('file', `no ${file}: nothing but what the API was told`)];
  try {
    const document: unknown = parse(readFileSync(file, 'utf8'));
    return [ok('file', file), ...referenceFindings(io, document)];
  } catch (error) {
    const [line = ''] = messageOf(error).split('\n');
    return [fail('file', `${file}: ${line}`, 'correct it: the gateway does not start with it')];
  }
}

/** What can be seen without a gateway. */
export const lookHere = (io: Io): readonly Finding[] => [
  nodeFinding(),
  ...keyFileFinding(io),
  ...fileFindings(io),
];
