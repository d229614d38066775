import ArgumentParser
import ModbusDevice
import Serving
import Switchboard

/// `modbus-rtu-server`: runs a device on Modbus RTU over TCP.
@main
struct ModbusRTUServerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "modbus-rtu-server",
        abstract: "A device with coils and registers on Modbus RTU over TCP; runs until Ctrl-C."
    )

    @OptionGroup var serving: ServingOptions
    @OptionGroup var device: DeviceOptions

    @Option(help: "TCP port to listen on.")
    var port = 5021

    @Option(help: "Number of the device on its line, 1 to 247; messages for other devices are ignored.")
    var unit: UInt8 = 1

    func validate() throws {
        guard (1...247).contains(unit) else { throw ValidationError("--unit must be 1 to 247") }
    }

    func run() async throws {
        let device = Shared(Device(size: device.size))
        let router = Router.modbus(device, at: .serial(unit: unit))
        try await Server(router, configuration: serving.configuration(port: port)).run()
    }
}
