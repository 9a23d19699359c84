// Exit code 0 when the gateway in this container answers 200, else 1. `healthcheck.mjs /readyz` asks for more than life.
const [probe = '/livez'] = process.argv.slice(2);
const { PORT = '3000' } = process.env;

try {
  const response = await fetch(`http://127.0.0.1:${PORT}${probe}`, {
    headers: { connection: 'close' },
    signal: AbortSignal.timeout(3000),
  });
  await response.arrayBuffer();
  if (response.status !== 200) {
    process.stdout.write(`${probe} answers ${response.status}\n`);
    process.exitCode = 1;
  }
} catch (error) {
  const cause = error.cause?.code ?? error.name;
  process.stdout.write(`${probe} does not answer (${cause})\n`);
  process.exitCode = 1;
}
