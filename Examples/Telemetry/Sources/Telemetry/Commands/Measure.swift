import ArgumentParser
import Foundation
import Switchboard

/// `telemetry measure`: asks a station for a reading, and prints it.
struct Measure: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Asks a station for a reading, and prints it.",
        discussion: "The server passes the request on to the station, and stores the reading."
    )

    @OptionGroup var server: ServerAddress

    @Option(help: "Number of the station.")
    var station: UInt32

    @Option(help: "Number of the sensor at the station.")
    var sensor: UInt16 = 0

    func run() async throws {
        let client = try await Client.connect(host: server.host, port: server.port, speaking: Telemetry.self)
        let message = Telemetry.Measure(station: station, sensor: sensor)
        // Longer than the station has for its reply, so that the reply of the server says what is wrong.
        let reading = try await client.request(message, timeout: Dispatcher.timeout * 2).reading
        await client.close()
        let time = Date(timeIntervalSince1970: Double(reading.time) / 1000).formatted(.iso8601)
        let (quantity, value) = reading.value.number
        print("\(time)  \(quantity)  \(String(format: "%.2f", value))")
    }
}
