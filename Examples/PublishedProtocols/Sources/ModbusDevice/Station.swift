/// Where the device is: on TCP, which ignores the unit of a message, or on a serial line.
public enum Station: Sendable {
    case tcp
    case serial(unit: UInt8)

    /// Returns whether a message for a unit is for the device.
    func isAddressed(by unit: UInt8) -> Bool {
        switch self {
        case .tcp: true
        case .serial(let own): unit == own || isBroadcast(unit)
        }
    }

    /// Returns whether a message for a unit is for all devices of a line, which do not answer it.
    func isBroadcast(_ unit: UInt8) -> Bool {
        switch self {
        case .tcp: false
        case .serial: unit == 0
        }
    }

    /// Carries out a message, and counts it on its line.
    ///
    /// - Parameters:
    ///   - unit: The unit in the header of the message.
    ///   - isCounted: Whether the message counts as one that the device has carried out.
    ///   - restarts: Whether the device carries the message out also if it only listens.
    ///   - body: Carries the message out, and returns the reply, if there is one.
    /// - Returns: The reply or the reason of the exception; `nil` to send nothing.
    public func handle<Reply>(
        _ unit: UInt8,
        on line: inout Line,
        isCounted: Bool,
        restarts: Bool,
        _ body: (inout Line) throws(Refusal) -> Reply?
    ) -> Result<Reply, Refusal>? {
        let isForDevice = isAddressed(by: unit)
        line.received(isForDevice: isForDevice, isBroadcast: isBroadcast(unit))
        guard isForDevice else { return nil }
        var result: Result<Reply, Refusal>?
        if !line.isListenOnly || restarts {
            do throws(Refusal) {
                result = try body(&line).map { .success($0) }
                line.carriedOut(isCounted: isCounted)
            } catch {
                result = .failure(error)
                line.refused()
            }
        }
        if result != nil, !isBroadcast(unit) { return result }
        line.remainedSilent()
        return nil
    }
}
