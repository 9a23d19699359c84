import { runNew } from './new-command.js';

process.exitCode = runNew(process.argv.slice(2), {
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
});
