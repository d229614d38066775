import Switchboard

/// Stores the readings of stations.
struct Collector: Telemetry.SubmitHandler {
    let store: ReadingStore

    /// The reply means that the readings are on disk; the station may then delete them.
    func handle(_ message: Telemetry.Submit, context: Context) async throws -> Telemetry.Stored {
        try await store.keep(message.readings, of: message.station)
        return Telemetry.Stored(count: UInt32(clamping: message.readings.count))
    }
}
