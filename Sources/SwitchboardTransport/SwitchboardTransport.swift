@_exported public import SwitchboardAddresses

// Carries bytes between sockets and delegates. The path of a read burst, file by file:
//
//  1. Loop/Poller                 waits in epoll_wait. Its HandleTable finds the object that an event is for.
//  2. Loop/EventLoop              runs on a thread of Dispatch while there is traffic. Its JobQueue has the jobs of other
//                                 threads.
//  3. Loop/EventLoop+Iteration    is one iteration: it delivers events, runs jobs, ends deadlines (Loop/Deadline), flushes
//                                 output and releases closed streams.
//  4. Streams/SocketStream        is a stream over a socket. It reports events to Streams/SocketStreamState, and performs the
//                                 actions that the state returns.
//  5. Streams/SocketStream+Input  receives input into the buffer of the event loop, and presents it to the delegate.
//  6. Streams/SocketStream+Output collects the output of the delegate in Streams/OutputStage, and flushes it.
//  7. Streams/Socket              makes the system calls. Streams/PendingOutput has output that a socket did not accept.
//
// Streams/ByteStream is the protocol of all streams (socket streams and TLS streams), with their limits. Listening/Listener opens a
// listening socket, whose connections a Listening/Acceptor accepts on each event loop. Connecting/Connector makes connections,
// Addresses/NameResolver looks up the addresses of a host. Loop/EventLoop+Tasks runs tasks on an event loop.
