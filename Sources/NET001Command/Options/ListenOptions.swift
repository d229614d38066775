import ArgumentParser
import Switchboard

/// Where to listen, and with how many threads.
struct ListenOptions: ParsableArguments {
    @Option(help: "The address or name to listen on. (environment: HOST; default: 127.0.0.1)")
    var host: String?

    @Option(
        parsing: .unconditional,
        help: "The TCP port to listen on; 0 takes any that is free. (environment: PORT; default: 5000)"
    )
    var port: String?

    @Option(
        help:
            "The path of a Unix-domain socket to listen on, instead of an address and a port. (environment: UNIX_SOCKET)"
    )
    var unixSocket: String?

    @Option(help: "Who may connect to it, in octal. (environment: UNIX_SOCKET_MODE; default: 660)")
    var unixSocketMode: String?

    @Option(
        parsing: .unconditional,
        help: "How many connections the kernel holds ready. (environment: BACKLOG; default: 1024)"
    )
    var backlog: String?

    @Option(
        parsing: .unconditional,
        help: "How many event loops serve connections. (environment: EVENT_LOOPS; default: one a core)"
    )
    var eventLoops: String?

    func apply(to settings: inout ServerSettings) throws {
        try settings.set(\.host, Setting("--host", host, variable: "HOST"))
        try settings.set(\.port, Setting("--port", port, variable: "PORT"))
        let path = Setting("--unix-socket", unixSocket, variable: "UNIX_SOCKET")
        settings.set(\.unixSocketPath, to: try path.string(), from: path)
        let mode = Setting("--unix-socket-mode", unixSocketMode, variable: "UNIX_SOCKET_MODE")
        if let bits = try mode.fileMode() { settings.set(\.unixSocketMode, to: bits, from: mode) }
        settings.set(\.listeningDescriptor, to: try SocketActivation.takeDescriptor())
        try settings.set(\.backlog, Setting("--backlog", backlog, variable: "BACKLOG"))
        try settings.set(\.eventLoops, eventLoopSetting)
    }

    /// How many event loops there are, as it was given.
    var eventLoopSetting: Setting { Setting("--event-loops", eventLoops, variable: "EVENT_LOOPS") }
}
