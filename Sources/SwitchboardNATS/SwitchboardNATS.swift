// A backplane over a NATS JetStream stream, for programs that are built with the trait NATS. From a URL to an entry:
//
//  1. NATSBackplaneConfiguration     has the settings. NATSURL has the addresses of NATS, NATSURLParser reads it from a text.
//  2. NATSBackplane                  starts and stops two threads.
//  3. Backplane/NATSLogClient        has the state that both threads share, and calls the receiver.
//  4. Backplane/NATSLogWriter        connects, reconnects, and appends entries to the stream: the first thread.
//  5. Backplane/NATSLogReader        reads the stream and checks the time: the second thread.
//     Backplane/StreamReadPosition   decides which message is the first to read.
//  6. Connection/NATSConnection      is a connection and its stream. Connection/NATSFailure is the reason why it closed.
//     CJetStream                     is the part of libnats that the connection uses.
