import { readFileSync } from 'node:fs';
import path from 'node:path';
import { CliFault, EXIT } from '../program/exit.js';
import type { Surroundings } from '../program/io.js';

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/** Whether the gateway is on this machine. */
export const isHere = (url: URL): boolean => LOOPBACK.test(url.hostname);

const keyFault = (message: string, fix: string): CliFault =>
  new CliFault(EXIT.unreachable, 'WB_CLI_KEY', message, fix);

/** The first line of a key file; undefined when there is none. Throws when it cannot be read. */
function fromFile(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim() || undefined;
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw keyFault(
      `the key file ${file} cannot be read (${code})`,
      'run this as the user that started the gateway, or set WAYBILL_ADMIN_KEY',
    );
  }
}

/** Where a gateway that was started here keeps its key. */
export const usualKeyFile = ({ env, cwd }: Pick<Surroundings, 'env' | 'cwd'>): string =>
  path.resolve(cwd, env['WAYBILL_DATA'] || '.waybill', 'admin-key');

/**
 * The admin key: `--key-file`, else `WAYBILL_ADMIN_KEY`, else the file in the data directory. That file belongs to the
 * gateway on this machine, so it is never sent to another one.
 */
export function findAdminKey(
  named: string | undefined,
  url: URL,
  around: Pick<Surroundings, 'env' | 'cwd'>,
): string {
  if (named !== undefined) {
    const key = fromFile(path.resolve(around.cwd, named));
    if (key !== undefined) return key;
    throw keyFault(`${named} holds no key`, 'name the file admin-key of the data directory');
  }
  const given = around.env['WAYBILL_ADMIN_KEY'];
  if (given) return given;
  const file = usualKeyFile(around);
  const key = isHere(url) ? fromFile(file) : undefined;
  if (key !== undefined) return key;
  throw keyFault(
    `no admin key: WAYBILL_ADMIN_KEY is not set${isHere(url) ? `, and there is no ${file}` : ''}`,
    isHere(url)
      ? 'start the gateway in this directory (npm start makes a key), or use --key-file FILE'
      : 'set WAYBILL_ADMIN_KEY, or use --key-file FILE (the local key is never sent elsewhere)',
  );
}
