import GRDB

/// Stores readings in an SQLite database.
///
/// Readings that arrive during a transaction are written together in the next one. Under load, a transaction contains the readings
/// of many messages.
actor ReadingStore {
    private struct Waiting {
        let station: UInt32
        let readings: [Telemetry.Reading]
        let continuation: CheckedContinuation<Void, any Error>
    }

    private let database: DatabasePool
    private let queueLimit: Int
    private var waiting: [Waiting] = []
    private var waitingReadings = 0
    private var isWriting = false

    /// - Parameters:
    ///   - path: The file of the database; it is created if it does not exist.
    ///   - queueLimit: The maximum number of readings that wait for the disk.
    init(path: String, queueLimit: Int = 500_000) throws {
        self.queueLimit = queueLimit
        database = try DatabasePool(path: path)
        try Schema.migrator.migrate(database)
    }

    /// Writes `readings`, and returns when they are on disk.
    ///
    /// - Throws: A `Telemetry.Refusal` when too many readings wait, or an error of the database.
    func keep(_ readings: [Telemetry.Reading], of station: UInt32) async throws {
        guard waitingReadings + readings.count <= queueLimit else {
            let text = "more than \(queueLimit) readings wait for the disk: send these readings again later"
            throw Telemetry.Refusal(reason: .busy, text: text)
        }
        waitingReadings += readings.count
        try await withCheckedThrowingContinuation { continuation in
            waiting.append(Waiting(station: station, readings: readings, continuation: continuation))
            guard !isWriting else { return }
            isWriting = true
            Task { await writeAll() }
        }
    }

    private func writeAll() async {
        while !waiting.isEmpty {
            let batch = waiting
            waiting = []
            let result: Result<Void, any Error>
            do {
                try await database.write { database in
                    for item in batch { try Schema.insert(item.readings, of: item.station, into: database) }
                }
                result = .success(())
            } catch {
                result = .failure(error)
            }
            waitingReadings -= batch.reduce(0) { $0 + $1.readings.count }
            for item in batch { item.continuation.resume(with: result) }
        }
        isWriting = false
    }

    /// Returns a summary for each sensor, ordered by station and number.
    ///
    /// - Parameter station: Includes only the sensors of this station; `nil` includes all.
    func summaries(of station: UInt32?) async throws -> [Telemetry.Summary] {
        try await database.read { try Schema.summaries(of: station, in: $0) }
    }
}
