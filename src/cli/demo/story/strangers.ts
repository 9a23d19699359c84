import type { Beat, Scene } from '../beat.js';

/** Names that must be found nowhere afterwards: not in the ledger, not at a partner. */
export const FORGED = 'NEVERSOLD';

const forged = (name: string, source: Beat['source'], fixture: string, title: string): Beat => ({
  name,
  source,
  fixture,
  title,
  swap: {
    pi_A1: `pi_${FORGED}`,
    cs_live_a1: `cs_live_${FORGED}`,
    WXYZ1234: FORGED,
    LEGA1234: FORGED,
    K7M2QX9R: FORGED,
    '7KD2M9QX': FORGED,
    'A-1001': FORGED,
  },
});

/** What must leave no trace, what nobody can read yet, and what was only a try. */
export const strangers: Scene = {
  title: 'Forged, stale, unknown, test',
  beats: [
    forged('f1', 'stripe', 'bad-signature', 'signed with a wrong secret'),
    forged('f2', 'stripe', 'stale', 'properly signed, but five minutes old'),
    forged('f3', 'clickbank', 'wrong-secret', 'encrypted with a wrong secret'),
    forged('f4', 'clickbank', 'legacy-wrong-cverify', 'a wrong cverify'),
    forged('f5', 'digistore24', 'bad-signature', 'signed with a wrong passphrase'),
    forged('f6', 'digistore24', 'tampered-amount', 'an amount changed on the way'),
    forged('f7', 'buygoods', 'bad-token', 'a guessed path token'),
    forged('f8', 'crm', 'reject-wrong-secret', 'signed with a wrong secret'),
    forged('f9', 'crm', 'reject-stale', 'properly signed, but five minutes old'),
    { name: 'u1', source: 'stripe', fixture: 'unknown-type', title: 'a type that nobody knows' },
    { name: 'u2', source: 'clickbank', fixture: 'unknown-type', title: 'a type that nobody knows' },
    {
      name: 'u3',
      source: 'digistore24',
      fixture: 'unknown-event',
      title: 'a type that nobody knows',
    },
    { name: 'u4', source: 'buygoods', fixture: 'unknown-event', title: 'a type that nobody knows' },
    { name: 'u5', source: 'crm', fixture: 'shop-unknown-word', title: 'a type that nobody knows' },
    { name: 'i1', source: 'stripe', fixture: 'ignored-type', title: 'news that are no sale' },
    { name: 't1', source: 'stripe', fixture: 'test-sale', title: 'a test sale' },
    {
      name: 't2',
      source: 'clickbank',
      fixture: 'test-card-sale',
      title: 'a test sale',
      swap: { WXYZ1234: 'TEST0001' },
    },
    { name: 't3', source: 'digistore24', fixture: 'test-order', title: 'a test sale' },
    { name: 't4', source: 'buygoods', fixture: 'test-order', title: 'a test sale' },
    {
      name: 't5',
      source: 'crm',
      fixture: 'shop-test-order',
      title: 'a test sale',
      swap: { 'A-1001': 'A-9009' },
    },
  ],
};
