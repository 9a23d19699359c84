import { readFileSync } from 'node:fs';
import { Agent, request } from 'undici';

/**
 * One sender process of a duplicate storm: reads its requests, says that it is ready, waits for the word, and fires them
 * all, `connections` at a time, the addresses in turn. What was answered goes back to the parent, by status.
 */
export interface StormOrder {
  readonly urls: readonly string[];
  readonly connections: number;
  readonly requests: readonly {
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
  }[];
}

export type StormAnswer =
  | { readonly ready: true }
  | {
      readonly statuses: Readonly<Record<string, number>>;
      readonly from: number;
      readonly to: number;
    };

const tell = (answer: StormAnswer): void => {
  process.send?.(answer);
};

async function fire({ urls, connections, requests }: StormOrder): Promise<StormAnswer> {
  const agent = new Agent({ connections, pipelining: 1 });
  const statuses: Record<string, number> = {};
  const from = Date.now();
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let i = next++; i < requests.length; i = next++) {
      const one = requests[i];
      if (!one) return;
      const status = await request(urls[i % urls.length] ?? '', {
        method: 'POST',
        headers: { ...one.headers },
        body: Buffer.from(one.body, 'base64'),
        dispatcher: agent,
      }).then(
        async (answer) => {
          await answer.body.text();
          return answer.statusCode;
        },
        () => 0,
      );
      statuses[status] = (statuses[status] ?? 0) + 1;
    }
  };
  await Promise.all(Array.from({ length: connections }, worker));
  await agent.close();
  return { statuses, from, to: Date.now() };
}

const order = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as StormOrder;
process.once('message', () => {
  void fire(order).then((answer) => {
    tell(answer);
    process.disconnect();
  });
});
tell({ ready: true });
