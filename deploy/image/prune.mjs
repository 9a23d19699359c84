// Removes from the folders named what no running program reads: types, source maps, pages. Prints what that came to.
import { readdirSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';

const NOT_RUN = /\.(?:map|[cm]?ts|tsbuildinfo|md|markdown|flow)$/i;
// Licences stay with the code that they are about.
const LICENCE = /licen[cs]e|notice|copying/i;

let files = 0;
let bytes = 0;
for (const folder of process.argv.slice(2)) {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !NOT_RUN.test(entry.name) || LICENCE.test(entry.name)) continue;
    const file = path.join(entry.parentPath, entry.name);
    files += 1;
    bytes += statSync(file).size;
    rmSync(file);
  }
}
process.stdout.write(`removed ${files} files, ${(bytes / 1e6).toFixed(1)} MB\n`);
