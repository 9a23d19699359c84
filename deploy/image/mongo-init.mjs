// Makes a replica set of the empty mongods named in MONGO_MEMBERS (host:port, comma-separated) and the user of the
// gateways in it; does nothing where both are there. It must run on the loopback of the first member: there alone MongoDB
// lets the first user be made without a user. MONGO_USER and MONGO_PASSWORD name that user; MONGO_LOCAL is the address
// of the first member as seen from here (127.0.0.1:27017).
import { MongoClient } from 'mongodb';

const {
  MONGO_MEMBERS = '',
  MONGO_USER: user = 'waybill',
  MONGO_PASSWORD: pwd = '',
  MONGO_LOCAL: local = '127.0.0.1:27017',
} = process.env;
const members = MONGO_MEMBERS.split(',').filter(Boolean);
const say = (line) => process.stdout.write(`mongo-init: ${line}\n`);
const codeOf = (error) => error?.codeName;
const pause = () => new Promise((resolve) => setTimeout(resolve, 500));

if (members.length === 0 || pwd === '') {
  say('set MONGO_MEMBERS and MONGO_PASSWORD');
  process.exit(1);
}

const client = new MongoClient(`mongodb://${local}/?directConnection=true`, {
  serverSelectionTimeoutMS: 30_000,
});

async function logsIn() {
  const own = new MongoClient(`mongodb://${local}/admin?directConnection=true`, {
    auth: { username: user, password: pwd },
    serverSelectionTimeoutMS: 30_000,
  });
  try {
    await own.db('waybill').command({ ping: 1 });
    return true;
  } catch (error) {
    if (codeOf(error) === 'AuthenticationFailed') return false;
    throw error;
  } finally {
    await own.close();
  }
}

async function initiate(admin) {
  const config = { _id: 'rs0', members: members.map((host, _id) => ({ _id, host })) };
  try {
    await admin.command({ replSetInitiate: config });
    say(`replica set rs0 of ${members.join(', ')}`);
  } catch (error) {
    if (codeOf(error) !== 'AlreadyInitialized') throw error;
  }
}

async function untilPrimary(admin) {
  const end = Date.now() + 60_000;
  while (!(await admin.command({ hello: 1 })).isWritablePrimary) {
    if (Date.now() > end) throw new Error('this member did not become primary within 60 s');
    await pause();
  }
}

try {
  if (await logsIn()) say('nothing to do');
  else {
    const admin = client.db('admin');
    await initiate(admin);
    await untilPrimary(admin);
    const roles = [
      { role: 'readWrite', db: 'waybill' },
      { role: 'clusterMonitor', db: 'admin' },
    ];
    await admin.command({ createUser: user, pwd, roles });
    say(`user ${user}`);
  }
} catch (error) {
  say(error.message);
  process.exitCode = 1;
} finally {
  await client.close();
}
