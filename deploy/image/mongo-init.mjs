// Makes a replica set of the empty mongods named in MONGO_MEMBERS (host:port, comma-separated), its administrator
// (`admin`, MONGO_ADMIN_PASSWORD) and the user of the gateways (`waybill`, MONGO_PASSWORD), who may read and write the
// database `waybill` and nothing else. What is there already stays as it is. It must run on the loopback of the first
// member (MONGO_LOCAL, 127.0.0.1:27017): there alone MongoDB lets the first user be made without a user.
import { MongoClient } from 'mongodb';

const {
  MONGO_MEMBERS = '',
  MONGO_PASSWORD = '',
  MONGO_ADMIN_PASSWORD = '',
  MONGO_LOCAL = '127.0.0.1:27017',
} = process.env;
const members = MONGO_MEMBERS.split(',').filter(Boolean);
const LIMIT_MS = 60_000;

const say = (line) => process.stdout.write(`mongo-init: ${line}\n`);
const pause = () => new Promise((resolve) => setTimeout(resolve, 500));
const connect = (auth) =>
  new MongoClient(`mongodb://${MONGO_LOCAL}/admin?directConnection=true`, {
    serverSelectionTimeoutMS: 30_000,
    ...(auth === undefined ? {} : { auth }),
  });

/** Whether that user is there with that password. */
async function logsIn(username, password) {
  const client = connect({ username, password });
  try {
    await client.db('admin').command({ ping: 1 });
    return true;
  } catch (error) {
    if (error.codeName === 'AuthenticationFailed') return false;
    throw error;
  } finally {
    await client.close();
  }
}

async function initiate(admin) {
  const config = { _id: 'rs0', members: members.map((host, _id) => ({ _id, host })) };
  try {
    await admin.command({ replSetInitiate: config });
    say(`replica set rs0 of ${members.join(', ')}`);
  } catch (error) {
    if (error.codeName !== 'AlreadyInitialized') throw error;
  }
  const end = Date.now() + LIMIT_MS;
  while (!(await admin.command({ hello: 1 })).isWritablePrimary) {
    if (Date.now() > end) throw new Error('this member did not become primary in time');
    await pause();
  }
}

/** The set, and who may administer it. */
async function makeSet() {
  const client = connect();
  try {
    const admin = client.db('admin');
    await initiate(admin);
    // Without a user, only one with roles of `admin` itself can be made.
    await admin.command({ createUser: 'admin', pwd: MONGO_ADMIN_PASSWORD, roles: ['root'] });
    say('user admin');
  } finally {
    await client.close();
  }
}

/** The user of the gateways, made on whichever member is primary now. */
async function makeUser() {
  const client = new MongoClient(`mongodb://${members.join(',')}/admin?replicaSet=rs0`, {
    auth: { username: 'admin', password: MONGO_ADMIN_PASSWORD },
    serverSelectionTimeoutMS: LIMIT_MS,
  });
  try {
    const roles = [{ role: 'readWrite', db: 'waybill' }];
    await client.db('admin').command({ createUser: 'waybill', pwd: MONGO_PASSWORD, roles });
    say('user waybill');
  } finally {
    await client.close();
  }
}

async function main() {
  if (members.length === 0 || MONGO_PASSWORD === '' || MONGO_ADMIN_PASSWORD === '') {
    throw new Error('set MONGO_MEMBERS, MONGO_PASSWORD and MONGO_ADMIN_PASSWORD');
  }
  if (await logsIn('waybill', MONGO_PASSWORD)) return say('nothing to do');
  if (!(await logsIn('admin', MONGO_ADMIN_PASSWORD))) await makeSet();
  return makeUser();
}

main().catch((error) => {
  say(error.message);
  process.exitCode = 1;
});
