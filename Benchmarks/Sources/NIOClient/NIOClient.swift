import NIOCore
import NIOPosix
import RequestLoad

/// A client of NET-001 on SwiftNIO, whose tasks send requests over one connection.
@main
enum NIOClient {
    static func main() async throws {
        let arguments = CommandLine.arguments.dropFirst()
        guard arguments.count == 3, let port = arguments.first.flatMap({ Int($0) }),
            let tasks = arguments.dropFirst().first.flatMap({ Int($0) }),
            let seconds = arguments.last.flatMap({ Double($0) })
        else { throw LoadFailure("usage: nio-client PORT TASKS SECONDS") }
        let load = try RequestLoad(tasks: tasks, seconds: seconds)
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let channel = try await ClientBootstrap(group: group)
            .channelOption(.socketOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(RequestHandler())
                }
            }
            .connect(host: "127.0.0.1", port: port).get()
        print(
            try await load.run { number in
                let promise = channel.eventLoop.makePromise(of: UInt64.self)
                channel.write(Ping(number: number, reply: promise), promise: nil)
                channel.flush()
                return try await promise.futureResult.get()
            }
        )
        try await channel.close()
        try await group.shutdownGracefully()
    }
}
