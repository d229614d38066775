import ArgumentParser
import Switchboard

/// The limits on connections, messages, time and output of peers.
struct LimitOptions: SettingGroup {
    package static let title = "Limits"

    @Option(
        Setting(
            "max-connections",
            "MAX_CONNECTIONS",
            \.maximumConnections,
            "Connections open at once. Further connections are refused with ERROR 08."
        )
    )
    var maxConnections: Setting<Int>

    @Option(
        Setting(
            "max-connections-per-address",
            "MAX_CONNECTIONS_PER_ADDRESS",
            \.maximumConnectionsPerAddress,
            "Connections open at once from one address. Further connections are refused with ERROR 08. 0 disables."
        )
    )
    var maxConnectionsPerAddress: Setting<Int>

    @Option(
        Setting(
            "max-connections-per-user",
            "MAX_CONNECTIONS_PER_USER",
            \.maximumConnectionsPerUser,
            """
            Connections open at once of one authenticated user, over all servers with --backplane. Further connections are \
            closed with ERROR 08. 0 disables.
            """
        )
    )
    var maxConnectionsPerUser: Setting<Int>

    @Option(
        Setting(
            "rate-limit",
            "RATE_LIMIT",
            \.rateLimit,
            unit: "messages/s",
            "Messages per second from one client. 0 disables."
        )
    )
    var rateLimit: Setting<Int>

    @Option(
        Setting(
            "global-rate-limit",
            "GLOBAL_RATE_LIMIT",
            \.globalRateLimit,
            unit: "messages/s",
            "Messages per second from all clients together. 0 disables."
        )
    )
    var globalRateLimit: Setting<Int>

    @Option(
        Setting(
            "cluster-rate-limit",
            "CLUSTER_RATE_LIMIT",
            \.clusterRateLimit,
            unit: "messages/s",
            "Messages per second from all clients of all servers together. Requires --backplane. 0 disables."
        )
    )
    var clusterRateLimit: Setting<Int>

    @Option(
        Setting(
            "max-checksum-faults",
            "MAX_CHECKSUM_FAULTS",
            \.maximumChecksumFaultsInARow,
            "Consecutive frames with a wrong checksum before the connection is closed."
        )
    )
    var maxChecksumFaults: Setting<Int>

    @Option(
        Setting(
            "idle-timeout",
            "IDLE_TIMEOUT",
            \.idleTimeout,
            "Seconds without a complete message before a connection is closed. 0 disables."
        )
    )
    var idleTimeout: Setting<Duration>

    @Option(
        Setting(
            "frame-timeout",
            "FRAME_TIMEOUT",
            \.frameTimeout,
            "Seconds allowed to receive the rest of a frame after its first byte. 0 disables."
        )
    )
    var frameTimeout: Setting<Duration>

    @Option(
        Setting(
            "output-high-water-mark",
            "OUTPUT_HIGH_WATER_MARK",
            \.outputHighWaterMark,
            unit: "bytes",
            "Bytes of pending output for a client above which the server stops reading from it."
        )
    )
    var outputHighWaterMark: Setting<Int>

    @Option(
        Setting(
            "max-pending-output",
            "MAX_PENDING_OUTPUT",
            \.maximumPendingOutput,
            unit: "bytes",
            "Bytes of pending output for a client above which its connection is closed."
        )
    )
    var maxPendingOutput: Setting<Int>

    @Option(
        Setting(
            "write-timeout",
            "WRITE_TIMEOUT",
            \.writeTimeout,
            "Seconds that a client may read none of its pending output before its connection is aborted."
        )
    )
    var writeTimeout: Setting<Duration>

    @Option(
        Setting(
            "drain-timeout",
            "DRAIN_TIMEOUT",
            \.drainTimeout,
            "Seconds allowed for graceful shutdown. Connections that are still open are then aborted."
        )
    )
    var drainTimeout: Setting<Duration>
}
