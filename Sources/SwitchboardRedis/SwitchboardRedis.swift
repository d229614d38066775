@_exported public import SwitchboardBackplane

// A backplane over a Redis stream. From a URL to an entry:
//
//  1. RedisBackplaneConfiguration   has the settings. RedisURL has the address of Redis, RedisURLParser reads it from a text.
//  2. RedisBackplane                starts and stops an event loop of its own, on which everything below runs.
//  3. Backplane/RedisLogClient      has the state that the two connections of a server share, and calls the receiver.
//  4. Backplane/RedisLogWriter      appends entries with XADD. Backplane/LogRetention limits the length of the stream.
//  5. Backplane/RedisLogReader      reads entries with XREAD. Backplane/ReadPosition decides which entry is the first.
//  6. Connection/RedisLink          keeps one connection: makes it, and replaces it when it closes.
//  7. Connection/RedisDialer        tries addresses, asks Sentinels, logs in, and reads INFO.
//  8. Connection/RedisConnection    sends commands, and pairs replies with commands. Connection/RedisFailure is the reason why it closed.
//  9. Protocol/RESPDecoder          finds replies in a stream of bytes. Protocol/RedisCommand writes commands.
// 10. Cluster/RedisClusterStore      keeps the rate and the peers that servers share. Cluster/RedisScript has its scripts,
//     Cluster/RedisStoreLink         its connection. Cluster/PeerText is the text of a peer.
