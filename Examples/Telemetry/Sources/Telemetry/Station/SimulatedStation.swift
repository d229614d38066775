import Switchboard
import Synchronization

/// A simulated station with a sensor for temperature, one for pressure and a contact.
final class SimulatedStation: Sendable {
    /// The number of the station.
    let number: UInt32

    private static let sensorCount = 3

    /// The time of the server minus the time of this machine, in milliseconds.
    private let clockOffset = Atomic<Int64>(0)

    init(number: UInt32) {
        self.number = number
    }

    /// The time on the clock of the station, in milliseconds since 1970.
    private var now: Int64 { .now + clockOffset.load(ordering: .relaxed) }

    /// Sets the clock by the server, and takes readings when the server asks for them.
    func serve(_ client: Client) async throws {
        try client.on(Telemetry.Clock.self) { clock in
            self.clockOffset.store(clock.time - .now, ordering: .relaxed)
        }
        try client.on(Telemetry.Measure.self) { try self.measure($0) }
        _ = try await client.request(Telemetry.Announce(station: number))
    }

    private func measure(_ message: Telemetry.Measure) throws -> Telemetry.Measured {
        guard message.sensor < Self.sensorCount else {
            throw Telemetry.Refusal(reason: .unknownSensor, text: "station \(number) has no sensor \(message.sensor)")
        }
        return Telemetry.Measured(reading: reading(of: message.sensor, at: now))
    }

    /// Returns readings of all sensors in turn.
    func readings(count: Int) -> [Telemetry.Reading] {
        let time = now
        return (0..<count).map { reading(of: UInt16($0 % Self.sensorCount), at: time) }
    }

    private func reading(of sensor: UInt16, at time: Int64) -> Telemetry.Reading {
        let value: Telemetry.Measurement =
            switch sensor {
            case 0: .temperature(celsius: Float.random(in: -20...40))
            case 1: .pressure(pascal: UInt32.random(in: 95_000...105_000))
            default: .contact(isClosed: Bool.random())
            }
        return Telemetry.Reading(sensor: sensor, time: time, value: value)
    }
}
