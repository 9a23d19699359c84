import { spawn } from 'node:child_process';

/**
 * Runs a command without its output behind one progress line, on standard error: what the program started
 * afterwards prints may be meant for a pipe. Answers the exit code and everything the command said.
 */
export function quietStep(label, file, args, options) {
  const began = Date.now();
  const seconds = () => `${Math.round((Date.now() - began) / 1000)} s`;
  const onTerminal = process.stderr.isTTY === true;
  process.stderr.write(`waybill: ${label}…`);
  const tick = setInterval(() => {
    if (onTerminal) process.stderr.write(`\rwaybill: ${label}… ${seconds()}`);
  }, 1000);
  return new Promise((resolve) => {
    const child = spawn(file, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    let text = '';
    const end = (code) => {
      clearInterval(tick);
      const result = code === 0 ? seconds() : `failed after ${seconds()}`;
      process.stderr.write(`${onTerminal ? `\rwaybill: ${label}…` : ''} ${result}\n`);
      resolve({ code, text });
    };
    child.stdout.on('data', (chunk) => (text += chunk));
    child.stderr.on('data', (chunk) => (text += chunk));
    child.once('error', (error) => {
      text += error.message;
      end(1);
    });
    child.once('close', (code) => end(code ?? 1));
  });
}
