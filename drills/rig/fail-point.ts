import type { mongo } from 'mongoose';

/** Which commands are struck, and how; `namespace` as `database.collection`. */
export interface Strike {
  readonly failCommands: readonly string[];
  readonly namespace?: string;
  /** Only connections that gave this name, so that the rig's own stay whole. */
  readonly appName?: string;
  readonly closeConnection?: boolean;
  readonly errorCode?: number;
  readonly writeConcernError?: object;
  readonly blockConnection?: boolean;
  readonly blockTimeMS?: number;
}

export type Mode = 'alwaysOn' | { readonly times: number } | { readonly skip: number };

/**
 * A failpoint of mongod (`enableTestCommands`). The server's own count tells how often it struck.
 * Source: mongo/src/mongo/db/commands/fail_point_cmd.cpp; a count never goes back to 0.
 */
export class FailPoint {
  private before = 0;

  constructor(
    private readonly client: mongo.MongoClient,
    private readonly name: 'failCommand' | 'onPrimaryTransactionalWrite' = 'failCommand',
  ) {}

  async on(mode: Mode, data: Strike | { readonly closeConnection: true }): Promise<void> {
    this.before = await this.set(mode, data);
  }

  /** Switches it off; how often it struck since it was switched on. */
  async off(): Promise<number> {
    return (await this.set('off')) - this.before;
  }

  private async set(mode: Mode | 'off', data?: object): Promise<number> {
    const command = {
      configureFailPoint: this.name,
      mode,
      ...(data === undefined ? {} : { data }),
    };
    const { count } = await this.client.db('admin').command(command);
    return Number(count);
  }
}
