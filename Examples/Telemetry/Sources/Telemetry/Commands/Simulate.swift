import ArgumentParser
import Foundation
import Switchboard

/// `telemetry simulate`: simulates stations, and prints the number of stored readings.
struct Simulate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Simulates stations that send readings at a given rate.")

    @OptionGroup var server: ServerAddress

    @Option(help: "Readings per second, of all stations together.")
    var rate = 100_000

    @Option(help: "Duration, in seconds.")
    var seconds = 5

    @Option(help: "Number of stations; each has its own connection.")
    var stations = 4

    @Option(help: "Readings per message, 1 to 20000.")
    var batch = 1000

    func validate() throws {
        guard rate > 0, (1...3600).contains(seconds), (1...1000).contains(stations), (1...20_000).contains(batch) else {
            throw ValidationError(
                "--rate must be positive, --seconds 1 to 3600, --stations 1 to 1000, --batch 1 to 20000"
            )
        }
    }

    func run() async throws {
        let start = ContinuousClock.now
        let tallies = try await withThrowingTaskGroup(of: Tally.self) { group in
            for station in 0..<stations {
                group.addTask { try await send(as: SimulatedStation(number: UInt32(station))) }
            }
            return try await group.reduce(into: Tally()) { $0.add($1) }
        }
        let elapsed = start.duration(to: .now) / .seconds(1)
        let achieved = Int(Double(tallies.stored) / elapsed)
        print("\(tallies.stored) readings stored in \(String(format: "%.2f", elapsed)) s: \(achieved) a second")
        if tallies.refused > 0 { print("\(tallies.refused) readings refused: the server was busy") }
    }

    /// The numbers of stored and refused readings.
    private struct Tally {
        var stored = 0
        var refused = 0

        mutating func add(_ other: Tally) {
            stored += other.stored
            refused += other.refused
        }
    }

    /// Sends the readings of one station, each message at its time.
    private func send(as station: SimulatedStation) async throws -> Tally {
        let client = try await Client.connect(host: server.host, port: server.port, speaking: Telemetry.self)
        try await station.serve(client)
        let share = rate / stations
        let pause = Duration.seconds(Double(batch) / Double(max(share, 1)))
        var tally = Tally()
        let start = ContinuousClock.now
        var due = start
        while start.duration(to: due) < .seconds(seconds) {
            try await Task.sleep(until: due, clock: .continuous)
            do {
                let message = Telemetry.Submit(station: station.number, readings: station.readings(count: batch))
                tally.stored += Int(try await client.request(message).count)
            } catch let refusal as Telemetry.Refusal where refusal.reason == .busy {
                tally.refused += batch
            }
            due += pause
        }
        await client.close()
        return tally
    }
}
