import Glibc
import NIOCore
import NIOPosix

/// A NET-001 server on SwiftNIO, with one event loop, written for this protocol only.
///
///     nio-server PORT        on 127.0.0.1; port 0 means any free one
@main
enum NIOServer {
    private static let backlog: CInt = 4096
    private static let acceptsPerTurn: UInt = 256
    private static let largestRead = 128 * 1024
    private static let waterMark = ChannelOptions.Types.WriteBufferWaterMark(low: 64 * 1024, high: 256 * 1024)

    static func main() throws {
        guard CommandLine.arguments.count == 2, let port = UInt16(CommandLine.arguments[1]) else {
            print("usage: nio-server PORT")
            exit(64)
        }
        liftDescriptorLimit()
        for number in [SIGTERM, SIGINT] { signal(number) { _ in _exit(0) } }

        let channel = try serve(on: port)
        print("listening", channel.localAddress?.port ?? 0)
        fflush(nil)
        try channel.closeFuture.wait()
    }

    private static func serve(on port: UInt16) throws -> any Channel {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let connections = NIOLoopBoundBox.makeBoxSendingValue(Connections(), eventLoop: group.next())
        return try ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: backlog)
            .serverChannelOption(.maxMessagesPerRead, value: acceptsPerTurn)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(.writeBufferWaterMark, value: waterMark)
            .childChannelOption(
                .recvAllocator,
                value: AdaptiveRecvByteBufferAllocator(minimum: 1024, initial: 4096, maximum: largestRead)
            )
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(ConnectionHandler(connections: connections.value))
                }
            }
            .bind(host: "127.0.0.1", port: Int(port))
            .wait()
    }

    private static func liftDescriptorLimit() {
        var limit = rlimit()
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        guard unsafe getrlimit(resource, &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        _ = unsafe setrlimit(resource, &limit)
    }
}
