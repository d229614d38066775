internal import SwitchboardRouter
internal import SwitchboardTransport

/// A summary in the making: what can be had of a connection on its loop without making anything.
struct ConnectionSnapshot: Sendable {
    let id: ConnectionID
    let remoteAddress: SocketAddress?
    let session: Session
    let age: Duration
    let messages: UInt64
    let receivedBytes: UInt64
    let sentBytes: UInt64
    let pendingOutput: Int
    let lastFault: Fault?

    init(_ connection: ServerConnection) {
        id = connection.id
        remoteAddress = connection.stream.remoteAddress
        session = connection.session
        age = connection.age
        messages = connection.messageCount
        receivedBytes = connection.receivedBytes
        sentBytes = connection.sentBytes
        pendingOutput = connection.stream.pendingOutput
        lastFault = connection.lastFault
    }

    var summary: ConnectionSummary {
        ConnectionSummary(
            id: id,
            remoteAddress: remoteAddress,
            user: session.identity?.user,
            age: age,
            messages: messages,
            receivedBytes: receivedBytes,
            sentBytes: sentBytes,
            pendingOutput: pendingOutput,
            lastFault: lastFault
        )
    }
}
