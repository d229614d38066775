import Foundation
import Switchboard
import SwitchboardTesting
import Testing

@testable import Telemetry

@Suite("A request for a reading")
struct MeasureTests {
    private let folder = FileManager.default.temporaryDirectory.appending(path: "Telemetry-\(UUID())")

    private func withStore(_ body: (ReadingStore) async throws -> Void) async throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try await body(ReadingStore(path: folder.appending(path: "test.sqlite").path))
    }

    private func refusal(_ reason: Telemetry.Reason, _ text: String) -> Telemetry.Refusal {
        Telemetry.Refusal(reason: reason, text: text)
    }

    @Test("goes to the station over its connection, and the reading is stored")
    func station() async throws {
        try await withStore { store in
            let server = try Server(.telemetry(store), configuration: .init(port: 0))
            let running = Task { try await server.run() }
            defer { running.cancel() }
            let port = try await server.listeningAddress.port
            let station = try await Client.connect(host: "127.0.0.1", port: port, speaking: Telemetry.self)
            let user = try await Client.connect(host: "127.0.0.1", port: port, speaking: Telemetry.self)
            try await SimulatedStation(number: 7).serve(station)
            let reading = try await user.request(Telemetry.Measure(station: 7, sensor: 1)).reading
            #expect(reading.sensor == 1)
            let report = try await user.request(Telemetry.Ask(station: 7))
            #expect(report.summaries.map(\.latest) == [reading.time])
            await #expect(throws: refusal(.unknownSensor, "station 7 has no sensor 9")) {
                try await user.request(Telemetry.Measure(station: 7, sensor: 9))
            }
            await station.close()
            await user.close()
        }
    }

    @Test("is refused when the station is not connected, and when it has left")
    func unknownStation() async throws {
        try await withStore { store in
            let server = try TestServer(.telemetry(store))
            let (station, user) = (try server.connect(), try server.connect())
            let request = Telemetry.Measure(station: 7, sensor: 0)
            await #expect(throws: refusal(.unknownStation, "station 7 is not connected")) {
                try await user.request(request)
            }
            _ = try await station.request(Telemetry.Announce(station: 7))
            station.close()
            await #expect(throws: refusal(.unknownStation, "station 7 is not connected")) {
                try await user.request(request)
            }
        }
    }

    @Test("is refused when the station does not reply in time")
    func silentStation() async throws {
        try await withStore { store in
            let server = try TestServer(.telemetry(store))
            let (station, user) = (try server.connect(), try server.connect())
            _ = try await station.receive(Telemetry.Clock.self)
            _ = try await user.receive(Telemetry.Clock.self)
            _ = try await station.request(Telemetry.Announce(station: 7))
            try user.send(Telemetry.Measure(station: 7, sensor: 0))
            _ = try await station.receive(Telemetry.Measure.self)
            server.advance(by: Dispatcher.timeout)
            let text = "station 7 gave no reading: the peer did not reply in time"
            #expect(try await user.receive(Telemetry.Refusal.self) == refusal(.noAnswer, text))
        }
    }

    @Test("goes to the newest connection of the station")
    func newestConnection() async throws {
        try await withStore { store in
            let (stations, old, new) = (Stations(), RecordingConnection(id: 1), RecordingConnection(id: 2))
            stations.add(7, at: old)
            stations.add(7, at: new)
            stations.remove(old)
            let reading = Telemetry.Reading(sensor: 3, time: 1, value: .contact(isClosed: true))
            new.onRequest(Telemetry.Measure.self) { _ in Telemetry.Measured(reading: reading) }
            let measured = try await Dispatcher(stations: stations, store: store).handle(
                Telemetry.Measure(station: 7, sensor: 3),
                context: Context(connection: RecordingConnection(id: 3))
            )
            #expect(measured.reading == reading)
            // A connection that announces another station has only that one.
            stations.add(8, at: new)
            #expect(stations[7] == nil)
            #expect(stations[8]?.id == new.id)
        }
    }

    @Test("returns the time on the clock that the server has set")
    func clock() async throws {
        try await withStore { store in
            let server = try TestServer(.telemetry(store))
            let client = try server.makeClient()
            try await SimulatedStation(number: 7).serve(client)
            try server.broadcast(Telemetry.Clock(time: 1_000_000))
            let reading = try await server.connect().request(Telemetry.Measure(station: 7, sensor: 0)).reading
            #expect((1_000_000..<2_000_000).contains(reading.time))
            await client.close()
        }
    }
}
