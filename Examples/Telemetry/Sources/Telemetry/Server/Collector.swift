import Switchboard

/// Handles the messages of stations and of `telemetry report`.
struct Collector: Telemetry.Service {
    let store: ReadingStore

    /// The reply means that the readings are on disk; the station may then delete them.
    func submit(_ message: Telemetry.Submit, context: Context) async throws -> Telemetry.Stored {
        do {
            try await store.keep(message.readings, of: message.station)
        } catch let error as ReadingStore.QueueIsFull {
            throw Telemetry.Refusal(reason: .busy, text: "\(error)")
        }
        return Telemetry.Stored(count: UInt32(clamping: message.readings.count))
    }

    func ask(_ message: Telemetry.Ask, context: Context) async throws -> Telemetry.Report {
        Telemetry.Report(summaries: try await store.summaries(of: message.station))
    }
}
