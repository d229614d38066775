/// Why the device refuses a request; the numbers are those of Modbus' exceptions.
public enum Refusal: UInt8, Error {
    /// The device does not have the function.
    case illegalFunction = 1
    /// The device does not have one of the addresses.
    case illegalDataAddress = 2
    /// A number in the request is not allowed.
    case illegalDataValue = 3
}
