import ArgumentParser
import ModbusDevice
import Serving
import Switchboard

/// `modbus-server`: runs a device on Modbus/TCP.
@main
struct ModbusServerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "modbus-server",
        abstract: "A device with coils and registers on Modbus/TCP; runs until Ctrl-C."
    )

    @OptionGroup var serving: ServingOptions
    @OptionGroup var device: DeviceOptions

    @Option(help: "TCP port to listen on.")
    var port = 5020

    func run() async throws {
        let device = Shared(Device(size: device.size))
        try await Server(.modbus(device, at: .tcp), configuration: serving.configuration(port: port)).run()
    }
}
