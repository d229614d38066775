import ArgumentParser
import Switchboard

/// The addresses that the server listens on, and its number of threads.
struct ListenOptions: SettingGroup {
    package static let title = "Listening"

    @Option(
        Setting("host", "HOST", \.host, "Address or host name to listen on. :: listens on all IPv4 and IPv6 addresses.")
    )
    var host: Setting<String>

    @Option(Setting("port", "PORT", \.port, "TCP port to listen on. 0 selects a free port."))
    var port: Setting<Int>

    @Option(
        Setting(
            "unix-socket",
            "UNIX_SOCKET",
            \.unixSocketPath,
            isPath: true,
            "Path of a Unix-domain socket to listen on instead of --host and --port."
        )
    )
    var unixSocket: Setting<String>

    @Option(
        Setting(
            "unix-socket-mode",
            "UNIX_SOCKET_MODE",
            \.unixSocketMode,
            "Permissions of the Unix-domain socket, in octal."
        )
    )
    var unixSocketMode: Setting<UInt16>

    @Option(
        Setting("backlog", "BACKLOG", \.backlog, "Connections that the kernel queues until the server accepts them.")
    )
    var backlog: Setting<Int>

    @Option(
        Setting(
            "event-loops",
            "EVENT_LOOPS",
            \.eventLoops,
            shown: "one per core",
            "Event loops that serve connections, each on its own thread."
        )
    )
    var eventLoops: Setting<Int>
}
