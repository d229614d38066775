@_exported public import Switchboard

// A server for tests, without a network, a thread or a clock. The files, from a peer to a check:
//
//  1. TestServer             runs a server without a thread, with a clock that the test advances.
//  2. TestPeer               is the other end of a connection: it sends and receives messages.
//  3. TestPeer+Traffic       moves the bytes of a peer over a SocketPair, with the delays and faults of its Link.
//  4. ReceivedMessage        is a message that a peer received. TestError is an expectation that was not met.
//
// InMemoryBackplane joins several servers. RecordingConnection tests a handler without a server. StreamSplits tests how a stream of frames is decoded.
