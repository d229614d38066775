import ArgumentParser
import Switchboard

/// What peers may do, how often, and how long they may take.
struct LimitOptions: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: "How many connections may be open at once. (environment: MAX_CONNECTIONS; default: 1000)"
    )
    var maxConnections: String?

    @Option(
        parsing: .unconditional,
        help: """
            How many of them from one address; 0 for no such limit. (environment: MAX_CONNECTIONS_PER_ADDRESS; default: 0)
            """
    )
    var maxConnectionsPerAddress: String?

    @Option(
        parsing: .unconditional,
        help: "Messages a second from one client; 0 for no limit. (environment: RATE_LIMIT; default: 1000)"
    )
    var rateLimit: String?

    @Option(
        parsing: .unconditional,
        help: "Messages a second from all clients; 0 for no limit. (environment: GLOBAL_RATE_LIMIT; default: 50000)"
    )
    var globalRateLimit: String?

    @Option(
        parsing: .unconditional,
        help: "Frames in a row whose checksum may be wrong. (environment: MAX_CHECKSUM_FAULTS; default: 8)"
    )
    var maxChecksumFaults: String?

    @Option(
        parsing: .unconditional,
        help: "Seconds that a client may send nothing; 0 for ever. (environment: IDLE_TIMEOUT; default: 60)"
    )
    var idleTimeout: String?

    @Option(
        parsing: .unconditional,
        help: "Seconds that a frame may take to come; 0 for ever. (environment: FRAME_TIMEOUT; default: 10)"
    )
    var frameTimeout: String?

    @Option(
        parsing: .unconditional,
        help: """
            Bytes that may wait for a client before no more is read from it. (environment: OUTPUT_HIGH_WATER_MARK; \
            default: 262144)
            """
    )
    var outputHighWaterMark: String?

    @Option(
        parsing: .unconditional,
        help:
            "Bytes that may wait for a client before it is closed. (environment: MAX_PENDING_OUTPUT; default: 4194304)"
    )
    var maxPendingOutput: String?

    @Option(
        parsing: .unconditional,
        help: "Seconds that a client may take none of what waits for it. (environment: WRITE_TIMEOUT; default: 30)"
    )
    var writeTimeout: String?

    @Option(
        parsing: .unconditional,
        help: "Seconds that stopping may take before what is left is cut off. (environment: DRAIN_TIMEOUT; default: 10)"
    )
    var drainTimeout: String?

    func apply(to settings: inout ServerSettings) throws {
        try settings.set(
            \.maximumConnections,
            Setting("--max-connections", maxConnections, variable: "MAX_CONNECTIONS")
        )
        try settings.set(
            \.maximumConnectionsPerAddress,
            Setting("--max-connections-per-address", maxConnectionsPerAddress, variable: "MAX_CONNECTIONS_PER_ADDRESS")
        )
        try settings.set(\.rateLimit, Setting("--rate-limit", rateLimit, variable: "RATE_LIMIT"))
        try settings.set(
            \.globalRateLimit,
            Setting("--global-rate-limit", globalRateLimit, variable: "GLOBAL_RATE_LIMIT")
        )
        try settings.set(
            \.maximumChecksumFaultsInARow,
            Setting("--max-checksum-faults", maxChecksumFaults, variable: "MAX_CHECKSUM_FAULTS")
        )
        try settings.set(\.idleTimeout, Setting("--idle-timeout", idleTimeout, variable: "IDLE_TIMEOUT"))
        try settings.set(\.frameTimeout, Setting("--frame-timeout", frameTimeout, variable: "FRAME_TIMEOUT"))
        try settings.set(
            \.outputHighWaterMark,
            Setting("--output-high-water-mark", outputHighWaterMark, variable: "OUTPUT_HIGH_WATER_MARK")
        )
        try settings.set(
            \.maximumPendingOutput,
            Setting("--max-pending-output", maxPendingOutput, variable: "MAX_PENDING_OUTPUT")
        )
        try settings.set(\.writeTimeout, Setting("--write-timeout", writeTimeout, variable: "WRITE_TIMEOUT"))
        try settings.set(\.drainTimeout, Setting("--drain-timeout", drainTimeout, variable: "DRAIN_TIMEOUT"))
    }
}
