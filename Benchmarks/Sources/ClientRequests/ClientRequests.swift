import ArgumentParser
import NET001
import RequestLoad
import Switchboard

/// Measures what a request costs the client.
@main
struct ClientRequests: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "client-requests",
        abstract: "Measure the CPU time and the latency of requests of many tasks over one connection."
    )

    @Argument(help: "The port of a server on the loopback address.")
    var port: Int

    @Argument(help: "The number of tasks.")
    var tasks: Int

    @Argument(help: "The measured time, in seconds.")
    var seconds: Double

    @Flag(help: "Run the tasks on the event loop of the client.")
    var onLoop = false

    @Flag(help: "Suspend and resume the tasks, and send nothing; the port is not used.")
    var suspendOnly = false

    func run() async throws {
        var configuration = ClientConfiguration()
        configuration.maximumRequestsInFlight = max(configuration.maximumRequestsInFlight, tasks)
        let load = try RequestLoad(tasks: tasks, seconds: seconds)
        if suspendOnly {
            let suspensions = Suspensions()
            let figures = try await load.run(on: onLoop ? suspensions : nil) { number in
                await suspensions.wait()
                return number
            }
            return print(figures)
        }
        let client = try await Client.connect(
            host: "127.0.0.1",
            port: port,
            speaking: NET001.self,
            configuration: configuration
        )
        let figures = try await load.run(on: onLoop ? client.taskExecutor : nil) { number in
            try await client.request(NET001.Ping(timestamp: number)).timestamp
        }
        print(figures)
        await client.close()
    }
}
