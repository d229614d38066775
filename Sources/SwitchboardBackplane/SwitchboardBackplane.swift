// Blocks of frames from one server to all others, over a log that all servers append to and read. From publisher to receiver:
//
//  1. Backplane               is the protocol of every engine's client. BackplaneBlock is a block: a target and its frames.
//  2. Publishing/Outbox       takes blocks from any thread, and wakes the client.
//  3. Publishing/PendingLog   numbers blocks, joins them to entries, and keeps each entry until the engine has acknowledged it.
//     ReaderPace              decides when no blocks are sent, because readers are behind.
//     PublisherHold           decides when connections that publish are not read, because too many blocks wait.
//  4. Entries/EntryEncoder    makes the bytes of an entry. Entries/Entry has their layout.
//  5. Entries/EntryDecoder    reads the bytes of an entry, which any program may have written.
//  6. Receiving/Inbox         counts entries that are not for this server, and takes the blocks out of the others.
//     Receiving/SenderTable   finds own entries, duplicates and gaps.
//
// An engine's client, such as SwitchboardRedis, moves entries between 3 and 6. InMemoryBackplane in SwitchboardTesting is a client
// without an engine. The clients share the files in Connecting: EngineURL and EngineAddress read URLs, BackOff is the wait before the
// next attempt to connect, and StartOutcome ends the start.
// BackplaneLimits has the settings, BackplaneStatus the state and the counters.
// Cluster/ClusterStore has what servers share besides the log, in engines that can keep it: a rate, and the connected peers.
