import { describe, expect, it } from '@jest/globals';
import { crc32, deflateRawSync } from 'node:zlib';
import { readZipMember } from './zip.js';

interface Member {
  readonly name: string;
  readonly data: Buffer;
  readonly method: 0 | 8;
}

/** A writer of just what wheels hold, with a local extra field that the directory does not have. */
function zip(members: readonly Member[], comment = ''): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, data, method } of members) {
    const packed = method === 8 ? deflateRawSync(data) : data;
    const facts = Buffer.alloc(24);
    facts.writeUInt16LE(method, 4);
    facts.writeUInt32LE(crc32(data), 10);
    facts.writeUInt32LE(packed.length, 14);
    facts.writeUInt32LE(data.length, 18);
    facts.writeUInt16LE(Buffer.byteLength(name), 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), facts, Buffer.from([4, 0])]);
    locals.push(local, Buffer.from(name), Buffer.from('extr'), packed);
    const entry = Buffer.alloc(46);
    entry.write('PK\x01\x02', 'latin1');
    facts.copy(entry, 6);
    entry.writeUInt32LE(offset, 42);
    directory.push(entry, Buffer.from(name));
    offset += local.length + Buffer.byteLength(name) + 4 + packed.length;
  }
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(members.length, 10);
  end.writeUInt32LE(offset, 16);
  end.writeUInt16LE(comment.length, 20);
  return Buffer.concat([...locals, ...directory, end, Buffer.from(comment)]);
}

const text = Buffer.from('the program itself, '.repeat(200));
const members: Member[] = [
  { name: 'pkg/readme', data: Buffer.from('read me'), method: 0 },
  { name: 'pkg/bin/mongod', data: text, method: 8 },
  { name: 'pkg/empty', data: Buffer.alloc(0), method: 8 },
];

describe('readZipMember', () => {
  it.each([
    ['deflated', /\/bin\/mongod$/, text],
    ['stored', /readme$/, Buffer.from('read me')],
    ['empty', /empty$/, Buffer.alloc(0)],
  ])('reads a %s member', async (_kind, wanted, expected) => {
    expect(await readZipMember(zip(members), wanted)).toEqual(expected);
  });

  it('reads an archive that ends with a comment', async () => {
    expect(await readZipMember(zip(members, 'a comment'), /mongod$/)).toEqual(text);
  });

  it('refuses a member whose bytes were changed', async () => {
    const archive = zip(members);
    archive[archive.indexOf('read me')] = 0x52;
    await expect(readZipMember(archive, /readme$/)).rejects.toThrow('pkg/readme is damaged');
  });

  it('refuses a member that unpacks to more than it claims', async () => {
    const archive = zip(members);
    const entry = archive.lastIndexOf('pkg/bin/mongod') - 46;
    archive.writeUInt32LE(10, entry + 24);
    await expect(readZipMember(archive, /mongod$/)).rejects.toThrow('larger than 10');
  });

  it('says so when there is no such member, or no archive at all', async () => {
    await expect(readZipMember(zip(members), /redis/)).rejects.toThrow('no member like /redis/');
    await expect(readZipMember(Buffer.alloc(500), /x/)).rejects.toThrow('not a zip archive');
    await expect(readZipMember(Buffer.from('<html>'), /x/)).rejects.toThrow('not a zip archive');
  });
});
