import ArgumentParser

/// The options of a device.
public struct DeviceOptions: ParsableArguments {
    /// The number of coils, and the number of holding registers.
    @Option(help: "Number of coils and number of holding registers, 8 to 65536.")
    public var size = 1000

    /// Options with their defaults.
    public init() {}

    /// Checks the size.
    public func validate() throws {
        guard (8...65_536).contains(size) else { throw ValidationError("--size must be 8 to 65536") }
    }
}
