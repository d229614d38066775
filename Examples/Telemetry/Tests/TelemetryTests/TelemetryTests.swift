import Foundation
import Switchboard
import Testing

@testable import Telemetry

@Suite("The Telemetry server")
struct TelemetryTests {
    private let folder = FileManager.default.temporaryDirectory.appending(path: "Telemetry-\(UUID())")

    /// Starts a server over a database on a free port for as long as `body` runs.
    private func withServer(queueLimit: Int = 1000, _ body: (_ client: Client) async throws -> Void) async throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let store = try ReadingStore(path: folder.appending(path: "test.sqlite").path, queueLimit: queueLimit)
        let server = try Server(.telemetry(store), configuration: .init(port: 0))
        let running = Task { try await server.run() }
        defer { running.cancel() }
        let port = try await server.listeningAddress.port
        let client = try await Client.connect(host: "127.0.0.1", port: port, speaking: Telemetry.self)
        try await body(client)
        await client.close()
    }

    private func reading(_ celsius: Float, at time: Int64) -> Telemetry.Reading {
        Telemetry.Reading(sensor: 3, time: time, value: .temperature(celsius: celsius))
    }

    @Test("stores readings, and summarizes them by sensor")
    func summaries() async throws {
        try await withServer { client in
            let readings = [reading(10, at: 1), reading(30, at: 2), reading(20, at: 3)]
            let stored = try await client.request(Telemetry.Submit(station: 7, readings: readings))
            #expect(stored.count == 3)
            let other = Telemetry.Reading(sensor: 1, time: 9, value: .contact(isClosed: true))
            _ = try await client.request(Telemetry.Submit(station: 8, readings: [other]))
            let summary = Telemetry.Summary(
                station: 7,
                sensor: 3,
                quantity: .temperature,
                count: 3,
                lowest: 10,
                mean: 20,
                highest: 30,
                latest: 3
            )
            let report = try await client.request(Telemetry.Ask(station: 7))
            #expect(report.summaries == [summary])
            let all = try await client.request(Telemetry.Ask())
            #expect(all.summaries.count == 2)
        }
        try FileManager.default.removeItem(at: folder)
    }

    @Test("has its readings after a restart")
    func restart() async throws {
        for round in 1...2 {
            try await withServer { client in
                _ = try await client.request(Telemetry.Submit(station: 1, readings: [reading(1, at: 1)]))
                let report = try await client.request(Telemetry.Ask())
                #expect(report.summaries.first?.count == UInt64(round))
            }
        }
        try FileManager.default.removeItem(at: folder)
    }

    @Test("refuses readings when its queue is full, and does not store them")
    func fullQueue() async throws {
        try await withServer(queueLimit: 2) { client in
            let refusal = await #expect(throws: Telemetry.Refusal.self) {
                let readings = [reading(1, at: 1), reading(2, at: 2), reading(3, at: 3)]
                return try await client.request(Telemetry.Submit(station: 1, readings: readings))
            }
            #expect(refusal?.reason == .busy)
            let report = try await client.request(Telemetry.Ask())
            #expect(report.summaries.isEmpty)
        }
        try FileManager.default.removeItem(at: folder)
    }

    @Test("never receives values that its protocol does not allow")
    func bounds() async throws {
        try await withServer { client in
            let north = Telemetry.Position(latitude: 90.5, longitude: 0)
            let submit = Telemetry.Submit(station: 1, position: north, readings: [reading(1, at: 1)])
            let error = await #expect(throws: PayloadError.self) { try await client.request(submit) }
            #expect(error?.field == "Position.latitude")
            await #expect(throws: PayloadError(.outOfBounds, field: "readings")) {
                try await client.request(Telemetry.Submit(station: 1, readings: []))
            }
        }
        try FileManager.default.removeItem(at: folder)
    }

    @Test("prints a table with a line for each sensor")
    func table() {
        let summary = Telemetry.Summary(
            station: 12,
            sensor: 3,
            quantity: .pressure,
            count: 2,
            lowest: 1,
            mean: 1.5,
            highest: 2,
            latest: 0
        )
        #expect(
            SummaryTable([summary]).text == """
                station  sensor  quantity  count  lowest  mean  highest                latest
                     12       3  pressure      2    1.00  1.50     2.00  1970-01-01T00:00:00Z

                """
        )
    }
}
