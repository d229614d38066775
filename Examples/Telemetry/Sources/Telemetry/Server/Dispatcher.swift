import Switchboard

/// Passes requests for readings on to stations.
struct Dispatcher: Telemetry.MeasureHandler {
    /// The time that a station has for its reply.
    static let timeout = Duration.seconds(5)

    let stations: Stations
    let store: ReadingStore

    /// Requests a reading from the station, stores it, and replies with it.
    func handle(_ message: Telemetry.Measure, context: Context) async throws -> Telemetry.Measured {
        guard let connection = stations[message.station] else {
            throw Telemetry.Refusal(reason: .unknownStation, text: "station \(message.station) is not connected")
        }
        do {
            // When the station replies with a Refusal, the request throws it, and the client gets it.
            let measured = try await connection.request(message, timeout: Self.timeout)
            try await store.keep([measured.reading], of: message.station)
            return measured
        } catch let error as PeerRequestError {
            throw Telemetry.Refusal(reason: .noAnswer, text: "station \(message.station) gave no reading: \(error)")
        }
    }
}
