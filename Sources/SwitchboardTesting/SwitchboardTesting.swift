@_exported public import Switchboard

// A server for tests, without a network, a thread or a clock, from a peer to a check:
//
//  1. TestServer             runs a server on an event loop by hand, with a clock that the test advances.
//  2. TestPeer               is the other end of a connection: it sends, and receives.
//  3. TestPeer+Traffic       moves the bytes of a peer over a SocketPair, as its Link says.
//  4. ReceivedMessage        is what a peer received. TestError is what a test did not get.
//
// InMemoryBackplane joins several servers. RecordingConnection tests a handler without a server. StreamSplits tests how a stream of frames is decoded.
