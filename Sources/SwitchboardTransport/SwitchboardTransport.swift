@_exported public import SwitchboardAddresses

// Bytes between sockets and delegates. The way of a read burst, file by file:
//
//  1. Loop/Poller                 waits in epoll_wait, and finds what is watched by the token of an event.
//  2. Loop/EventLoop              runs on a thread of Dispatch while there is traffic. Loop/Mailbox has the jobs of other threads.
//  3. Loop/EventLoop+Iteration    delivers events, runs jobs, lets deadlines pass (Loop/Deadline), flushes, releases.
//  4. Streams/SocketStream        a stream: reports events, performs actions. Streams/SocketStreamState decides.
//  5. Streams/SocketStream+Input  receives into the loop's buffer, and presents the input to the delegate.
//  6. Streams/SocketStream+Output stages the output of the delegate in Streams/OutputStage, and flushes it.
//  7. Streams/Socket              the system calls. What a socket does not take is in Streams/PendingOutput.
//
// Streams/ByteStream is the protocol of both kinds of streams: socket streams and TLS streams. Listening/Listener accepts
// connections, Connecting/Connector makes them, Addresses/NameResolver finds the addresses of a host.
