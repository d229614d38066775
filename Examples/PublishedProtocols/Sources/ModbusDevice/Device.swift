import Switchboard

/// A device with coils, registers, files and a queue.
///
/// Its inputs are wired to its outputs: discrete input 5 has the state of coil 5, and input register 5 the value of holding register 5.
/// Every method checks its arguments, which come off the network.
public struct Device: Sendable {
    /// The number of coils, and the number of holding registers.
    public let size: Int

    private var coils: [Bool]
    private var registers: [UInt16]
    private var files: [UInt16: [UInt16]] = [:]

    /// The last values that were written to holding register 0, the oldest first.
    private var queue: [UInt16] = []

    /// A device whose coils are off and whose registers are 0.
    ///
    /// - Parameter size: The number of coils and the number of holding registers, 1 to 65,536.
    public init(size: Int) {
        self.size = size
        coils = Array(repeating: false, count: size)
        registers = Array(repeating: 0, count: size)
    }

    // MARK: Coils

    /// Returns the state of coils, packed into bytes; the first coil is the lowest bit of the first byte.
    public func readCoils(_ start: UInt16, _ count: UInt16) throws(Refusal) -> Bytes {
        let range = try range(start, count, upTo: DeviceLimits.coilsToRead)
        var bytes = [UInt8](repeating: 0, count: (range.count + 7) / 8)
        for (index, isOn) in coils[range].enumerated() where isOn { bytes[index / 8] |= 1 << (index % 8) }
        return Bytes(bytes)
    }

    /// Sets coils to the bits of `status`.
    public mutating func writeCoils(_ start: UInt16, _ count: UInt16, _ status: Bytes) throws(Refusal) {
        let range = try range(start, count, upTo: DeviceLimits.coilsToWrite)
        guard status.count == (range.count + 7) / 8 else { throw .illegalDataValue }
        for (index, coil) in range.enumerated() { coils[coil] = status[index / 8] >> (index % 8) & 1 == 1 }
    }

    /// The first eight coils: the outputs of the function ReadExceptionStatus.
    public var exceptionStatus: UInt8 {
        coils.prefix(8).enumerated().reduce(0) { $0 | ($1.element ? 1 << $1.offset : 0) }
    }

    // MARK: Registers

    /// Returns the values of holding registers.
    public func readRegisters(_ start: UInt16, _ count: UInt16) throws(Refusal) -> [UInt16] {
        Array(registers[try range(start, count, upTo: DeviceLimits.registersToRead)])
    }

    /// Sets holding registers.
    ///
    /// - Parameters:
    ///   - count: The number of values that the request states.
    ///   - limit: The number of registers that the function may write.
    public mutating func writeRegisters(
        _ start: UInt16,
        _ count: UInt16,
        _ values: [UInt16],
        limit: Int = DeviceLimits.registersToWrite
    ) throws(Refusal) {
        let range = try range(start, count, upTo: limit)
        guard values.count == range.count else { throw .illegalDataValue }
        registers.replaceSubrange(range, with: values)
        if start == 0, let first = values.first { queue = (queue + [first]).suffix(DeviceLimits.queuedValues) }
    }

    /// Sets the bits of a holding register: those of `and` keep their value, the others become those of `or`.
    public mutating func maskRegister(_ address: UInt16, and: UInt16, or: UInt16) throws(Refusal) {
        let value = registers[try range(address, 1, upTo: 1)].first ?? 0
        try writeRegisters(address, 1, [(value & and) | (or & ~and)])
    }

    /// Returns the last values that were written to a holding register, the oldest first; only register 0 has a queue.
    public func readQueue(_ pointer: UInt16) throws(Refusal) -> [UInt16] {
        guard pointer == 0 else { throw .illegalDataAddress }
        return queue
    }

    private func range(_ start: UInt16, _ count: UInt16, upTo limit: Int) throws(Refusal) -> Range<Int> {
        guard (1...limit).contains(Int(count)) else { throw .illegalDataValue }
        let range = Int(start)..<Int(start) + Int(count)
        guard range.upperBound <= size else { throw .illegalDataAddress }
        return range
    }

    // MARK: Files

    /// Returns registers of a file.
    public func readFile(_ file: UInt16, _ record: UInt16, _ count: UInt16) throws(Refusal) -> [UInt16] {
        let range = try fileRange(file, record, Int(count))
        return files[file].map { Array($0[range]) } ?? Array(repeating: 0, count: range.count)
    }

    /// Sets registers of a file.
    public mutating func writeFile(_ file: UInt16, _ record: UInt16, _ values: [UInt16]) throws(Refusal) {
        let range = try fileRange(file, record, values.count)
        files[file, default: Array(repeating: 0, count: DeviceLimits.fileRegisters)].replaceSubrange(
            range,
            with: values
        )
    }

    /// Checks that a file has registers.
    public func fileRange(_ file: UInt16, _ record: UInt16, _ count: Int) throws(Refusal) -> Range<Int> {
        let range = Int(record)..<Int(record) + count
        guard DeviceLimits.files.contains(file), range.upperBound <= DeviceLimits.fileRegisters else {
            throw .illegalDataAddress
        }
        return range
    }
}
