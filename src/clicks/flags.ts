/** What each finding about a click or its conversion means, in one sentence for a person. */
export const FLAG_SENTENCES: Readonly<Record<string, string>> = {
  'unknown-click':
    'This gateway keeps no click with this id, also after waiting 15 minutes: the conversion counts, but is attributed without the click.',
  'click-expired':
    'The click is older than the window of its programme: the conversion counts, but is attributed without the click.',
  'offer-ended': 'The conversion came after the end of the offer that its click led to.',
  'wrong-payout': 'The payout that the network told is not the one of the offer.',
  'click-already-converted':
    'The programme pays one order per click, and this click has earned another one: nobody is told of this order.',
  'lag-under-1s':
    'The conversion came less than a second after its click, or before it: people are slower than that.',
  'hot-click-id':
    'More than five orders came with this click id: it may be written into a link by hand.',
  'test-click-id': 'The click id looks like one that somebody used for trying things out.',
  'click-id-personal':
    'The click id was an e-mail or network address, which is personal data: only a hash of it is kept.',
  'click-id-placeholder':
    'The click id was a macro that nobody replaced, so there is none: the link or postback template of the sender needs correcting.',
  'unreplaced-macro':
    'A parameter held a macro that nobody replaced and was left out: the postback template of the sender needs correcting.',
  imported:
    'The order was taken by a prior platform and imported: it counts, and nobody is told of it.',
  'late-attribution':
    'The click became known after the conversion: this correction says whose it is.',
};
