/// The limits of a device; those of the requests are the limits of the Modbus specification.
public enum DeviceLimits {
    /// The number of coils in a request that reads.
    static let coilsToRead = 2000
    /// The number of coils in a request that writes.
    static let coilsToWrite = 1968
    /// The number of registers in a request that reads.
    static let registersToRead = 125
    /// The number of registers in a request that writes.
    public static let registersToWrite = 123
    /// The number of registers that a request may write if it also reads.
    public static let registersToWriteAndRead = 121
    /// The number of values in the queue; the oldest values are dropped.
    static let queuedValues = 31
    /// The numbers of the files.
    static let files: ClosedRange<UInt16> = 1...10
    /// The number of registers in a file.
    static let fileRegisters = 10_000
    /// The number of bytes of the parts of files in a reply.
    public static let fileBytes = 245
    /// The number of bytes of the objects in a reply that identifies the device.
    static let identificationBytes = 240
    /// The number of events that a line keeps; the oldest events are dropped.
    static let events = 64
}
