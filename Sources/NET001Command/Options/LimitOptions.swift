import ArgumentParser
import Switchboard

/// What peers may do, how often, and how long they may take.
struct LimitOptions: ParsableArguments {
    @Option(help: "How many connections may be open at once. (environment: MAX_CONNECTIONS; default: 1000)")
    var maxConnections: Int?

    @Option(
        help: """
            How many of them from one address; 0 for no such limit. (environment: MAX_CONNECTIONS_PER_ADDRESS; default: 0)
            """
    )
    var maxConnectionsPerAddress: Int?

    @Option(help: "Messages a second from one client; 0 for no limit. (environment: RATE_LIMIT; default: 1000)")
    var rateLimit: Int?

    @Option(
        help: "Messages a second from all clients; 0 for no limit. (environment: GLOBAL_RATE_LIMIT; default: 50000)"
    )
    var globalRateLimit: Int?

    @Option(
        help: "Frames in a row whose checksum may be wrong. (environment: MAX_CHECKSUM_FAULTS; default: 8)"
    )
    var maxChecksumFaults: Int?

    @Option(
        help: "Seconds that a client may send nothing; 0 for ever. (environment: IDLE_TIMEOUT; default: 60)"
    )
    var idleTimeout: Seconds?

    @Option(help: "Seconds that a frame may take to come; 0 for ever. (environment: FRAME_TIMEOUT; default: 10)")
    var frameTimeout: Seconds?

    @Option(
        help: """
            Bytes that may wait for a client before no more is read from it. (environment: OUTPUT_HIGH_WATER_MARK; \
            default: 262144)
            """
    )
    var outputHighWaterMark: Int?

    @Option(
        help:
            "Bytes that may wait for a client before it is closed. (environment: MAX_PENDING_OUTPUT; default: 4194304)"
    )
    var maxPendingOutput: Int?

    @Option(
        help: "Seconds that a client may take none of what waits for it. (environment: WRITE_TIMEOUT; default: 30)"
    )
    var writeTimeout: Seconds?

    @Option(
        help: "Seconds that stopping may take before what is left is cut off. (environment: DRAIN_TIMEOUT; default: 10)"
    )
    var drainTimeout: Seconds?

    func apply(to configuration: inout ServerConfiguration) throws {
        try configuration.set(\.maximumConnections, maxConnections, "MAX_CONNECTIONS")
        try configuration.set(
            \.maximumConnectionsPerAddress,
            maxConnectionsPerAddress,
            "MAX_CONNECTIONS_PER_ADDRESS"
        )
        try configuration.set(\.rateLimit, rateLimit, "RATE_LIMIT")
        try configuration.set(\.globalRateLimit, globalRateLimit, "GLOBAL_RATE_LIMIT")
        try configuration.set(\.maximumChecksumFaultsInARow, maxChecksumFaults, "MAX_CHECKSUM_FAULTS")
        try configuration.set(\.idleTimeout, idleTimeout, "IDLE_TIMEOUT")
        try configuration.set(\.frameTimeout, frameTimeout, "FRAME_TIMEOUT")
        try configuration.set(\.outputHighWaterMark, outputHighWaterMark, "OUTPUT_HIGH_WATER_MARK")
        try configuration.set(\.maximumPendingOutput, maxPendingOutput, "MAX_PENDING_OUTPUT")
        try configuration.set(\.writeTimeout, writeTimeout, "WRITE_TIMEOUT")
        try configuration.set(\.drainTimeout, drainTimeout, "DRAIN_TIMEOUT")
    }
}
