import ArgumentParser
import Switchboard

/// Where to listen, and with how many threads.
struct ListenOptions: ParsableArguments {
    @Option(help: "The address or name to listen on. (environment: HOST; default: 127.0.0.1)")
    var host: String?

    @Option(help: "The TCP port to listen on; 0 takes any that is free. (environment: PORT; default: 5000)")
    var port: Int?

    @Option(
        help:
            "The path of a Unix-domain socket to listen on, instead of an address and a port. (environment: UNIX_SOCKET)"
    )
    var unixSocket: String?

    @Option(help: "Who may connect to it, in octal. (environment: UNIX_SOCKET_MODE; default: 660)")
    var unixSocketMode: FileMode?

    @Option(help: "How many connections the kernel holds ready. (environment: BACKLOG; default: 1024)")
    var backlog: Int?

    @Option(help: "How many event loops serve connections. (environment: EVENT_LOOPS; default: one a core)")
    var eventLoops: Int?

    func apply(to configuration: inout ServerConfiguration) throws {
        try configuration.set(\.host, host, "HOST")
        try configuration.set(\.port, port, "PORT")
        configuration.unixSocketPath = try unixSocket ?? EnvironmentVariable.value("UNIX_SOCKET")
        if let mode = try unixSocketMode ?? EnvironmentVariable.value("UNIX_SOCKET_MODE") {
            configuration.unixSocketMode = mode.bits
        }
        configuration.listeningDescriptor = try SocketActivation.takeDescriptor()
        try configuration.set(\.backlog, backlog, "BACKLOG")
        try configuration.set(\.eventLoops, eventLoops, "EVENT_LOOPS")
    }
}
