import { spawn } from 'node:child_process';

/**
 * Runs a program in the foreground as if it had been started in our place: same terminal, our signals
 * handed on. Resolves to its exit code; dies of the same signal when it died of one.
 */
export function handOver(file, args, options = {}) {
  const child = spawn(file, args, { ...options, stdio: 'inherit' });
  const signals = ['SIGTERM', 'SIGINT', 'SIGHUP'];
  const pass = (signal) => {
    // A terminal sends Ctrl-C and hang-up to the child as well; twice would mean "at once" to many programs.
    if (signal === 'SIGTERM' || process.stdin.isTTY !== true) child.kill(signal);
  };
  for (const signal of signals) process.on(signal, pass);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      for (const name of signals) process.off(name, pass);
      if (signal !== null) process.kill(process.pid, signal);
      else resolve(code ?? 1);
    });
  });
}
