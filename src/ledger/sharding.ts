/** Collections that grow with every event. Their `_id` is a hash, so ranges of it fill evenly; it is their shard key. */
export const SHARDED = ['events', 'deliveries'] as const;

/** `sh.shardCollection` takes this. Ranges and not hashed: `_id` is unique over all shards only as the key itself. */
export const SHARD_KEY = { _id: 1 } as const;

/** First characters of ids (base32, in the order in which MongoDB sorts them) at which an empty collection is cut beforehand. */
export const SPLIT_POINTS: readonly string[] = Array.from('4aeimquy');

export interface Broadcast {
  readonly reason: string;
  /** Metrics, a large backlog, an order that is read by its click, …: not part of every journey. */
  readonly seldom?: true;
}

const DUE = 'what is due is found by its time, in the index `wake` of every shard';
const ORDER = 'a reversal finds its purchase by its names, which no id tells';
const CLICK = 'what a click led to is found by the click';
const COUNTS = 'metrics: read by one process every 10 to 30 s, in an index, with limits';

/**
 * What asks every shard, because it cannot know the `_id`: command, collection and the members of its filter. Everything
 * else in the corridor is an insert or names the `_id`; all single updates do. A test compares this list with a running
 * gateway.
 */
export const BROADCASTS: Readonly<Record<string, Broadcast>> = {
  'find deliveries { target, wakeAt }': { reason: DUE },
  'find deliveries { account, target, wakeAt }': { reason: DUE, seldom: true },
  'update deliveries { state, target, wakeAt }': {
    reason: 'a target was resumed: what waits for it is due again',
  },
  'find events { refs }': { reason: ORDER },
  'find deliveries { $or, target }': {
    reason: 'the purchase’s rows on the target, by `_id`, and those that replay them',
  },
  'find events { attribution.clickId, type }': { reason: CLICK },
  'find events { attribution.clickId, attribution.how }': { reason: CLICK, seldom: true },
  'find events { $or, type }': { reason: CLICK, seldom: true },
  'find events { at, attribution.how }': {
    reason: 'conversions whose click is still awaited, in a partial index, every 15 s',
  },
  'aggregate events { at }': { reason: 'repair counts what came since its last look' },
  'find events { at }': { reason: 'repair found events without their receipts' },
  'find events { $or, at }': { reason: 'the same, next page', seldom: true },
  'find deliveries { $and }': { reason: 'a list of the admin API' },
  'find events { $and }': { reason: 'a list of the admin API', seldom: true },
  'aggregate deliveries { target, wakeAt }': { reason: COUNTS, seldom: true },
  'aggregate deliveries { state, target }': { reason: COUNTS, seldom: true },
  'find deliveries { at, state, target }': { reason: COUNTS, seldom: true },
  'find deliveries { replayOf }': { reason: COUNTS, seldom: true },
};
