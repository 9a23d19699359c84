// Shards the two collections that grow with every event. Run it once, connected to a mongos, before the first gateway starts:
//
//   mongosh "mongodb://admin@mongos.internal/waybill" deploy/mongodb/shard.js
//
// Where the database is in use already, the commands are the same; the balancer then moves the rows (docs/scaling.md).
const database = db.getName();
sh.enableSharding(database);
for (const name of ['events', 'deliveries']) {
  const collection = `${database}.${name}`;
  // Ids are hashes already: ranges of them fill evenly, and stay unique over all shards.
  sh.shardCollection(collection, { _id: 1 });
  // An empty collection is one piece on one shard; cut, it spreads before the load comes.
  if (db.getCollection(name).estimatedDocumentCount() === 0)
    for (const first of '4aeimquy') sh.splitAt(collection, { _id: first });
}
sh.status();
