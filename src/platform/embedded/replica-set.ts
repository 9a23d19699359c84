import { setTimeout as sleep } from 'node:timers/promises';
import { mongo } from 'mongoose';

/** Name of the replica set of one. */
export const REPLICA_SET = 'waybill';
/** The user that the gateway signs in with. */
export const USER = 'waybill';

const USER_EXISTS = 51003;
const BUSY = new Set<string | undefined>(['AlreadyInitialized', 'ConfigurationInProgress']);
const PRIMARY_LIMIT_MS = 60_000;

interface Preparation {
  readonly port: number;
  readonly key: string;
  readonly password: string;
  readonly version: string;
}

interface SetConfig {
  version: number;
  members: { host: string }[];
}

/**
 * Makes a freshly started mongod a writable primary with our user in it.
 * Signs in as `__system` with the keyFile's content: unlike the localhost exception this works on
 * every start, after a crash between any two steps, and when the password file was lost.
 */
export async function prepareReplicaSet(preparation: Preparation): Promise<void> {
  const { port, key, password, version } = preparation;
  const client = new mongo.MongoClient(`mongodb://127.0.0.1:${port}/?directConnection=true`, {
    auth: { username: '__system', password: key },
    authSource: 'local',
    authMechanism: 'SCRAM-SHA-256',
    serverSelectionTimeoutMS: 20_000,
    maxPoolSize: 1,
  });
  try {
    const admin = client.db('admin');
    await configure(admin, `127.0.0.1:${port}`);
    await untilPrimary(admin);
    await ensureUser(admin, password);
    await raiseCompatibility(admin, version);
  } finally {
    await client.close();
  }
}

async function configure(admin: mongo.Db, host: string): Promise<void> {
  const deadline = Date.now() + PRIMARY_LIMIT_MS;
  while (!(await hasConfig(admin, host))) {
    if (Date.now() > deadline) throw new Error('the replica set of one took no configuration');
    await sleep(10);
  }
}

/** Brings the configuration closer to "one member, on this port"; true when it is that. */
async function hasConfig(admin: mongo.Db, host: string): Promise<boolean> {
  const fresh = { _id: REPLICA_SET, version: 1, members: [{ _id: 0, host }] };
  try {
    const { config } = (await admin.command({ replSetGetConfig: 1 })) as unknown as {
      config: SetConfig;
    };
    if (config.members.length === 1 && config.members[0]?.host === host) return true;
    // The port changed, so this node finds itself in no member: only force can repair that.
    const replSetReconfig = { ...config, ...fresh, version: config.version + 1 };
    return await accepted(admin, { replSetReconfig, force: true });
  } catch (error) {
    if (codeName(error) !== 'NotYetInitialized') throw error;
    return accepted(admin, { replSetInitiate: fresh });
  }
}

/** False when an old configuration is still being loaded or applied: then ask again. */
async function accepted(admin: mongo.Db, command: mongo.Document): Promise<boolean> {
  return admin.command(command).then(
    () => true,
    (error: unknown) => {
      if (BUSY.has(codeName(error))) return false;
      throw error;
    },
  );
}

async function untilPrimary(admin: mongo.Db): Promise<void> {
  const deadline = Date.now() + PRIMARY_LIMIT_MS;
  while ((await admin.command({ hello: 1 }))['isWritablePrimary'] !== true) {
    if (Date.now() > deadline) throw new Error('the replica set of one elected no primary');
    await sleep(10);
  }
}

async function ensureUser(admin: mongo.Db, pwd: string): Promise<void> {
  const rights = { pwd, roles: ['root'], mechanisms: ['SCRAM-SHA-256'] };
  try {
    await admin.command({ createUser: USER, ...rights });
  } catch (error) {
    if (!(error instanceof mongo.MongoServerError) || error.code !== USER_EXISTS) throw error;
    await admin.command({ updateUser: USER, ...rights });
  }
}

/** Without this step data would stay in the format of its first mongod, and block the upgrade after next. */
async function raiseCompatibility(admin: mongo.Db, version: string): Promise<void> {
  const answer = await admin.command({ getParameter: 1, featureCompatibilityVersion: 1 });
  const current = answer['featureCompatibilityVersion'] as { version: string };
  const wanted = version.split('.', 2).join('.');
  if (current.version === wanted) return;
  // mongod 6 does not know `confirm`, later ones demand it.
  const confirm = Number.parseInt(version, 10) >= 7 ? { confirm: true } : {};
  await admin.command({ setFeatureCompatibilityVersion: wanted, ...confirm });
}

function codeName(error: unknown): string | undefined {
  return error instanceof mongo.MongoServerError ? error.codeName : undefined;
}
