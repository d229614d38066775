internal import ArgumentParser
internal import SwitchboardCalling
internal import SwitchboardSpec

/// A message and the time to delay it: `Ping=250`, in milliseconds.
struct MessageDelay {
    /// The longest delay, in milliseconds.
    static let maximum = 600_000

    let message: String
    let milliseconds: Int

    /// Returns the delay that the value of an option says.
    ///
    /// - Throws: A `ValidationError` that explains the form.
    static func value(_ text: String) throws -> MessageDelay {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let milliseconds = Int(parts[1]), 1...maximum ~= milliseconds else {
            let form = "MESSAGE=MS, with a time from 1 to \(maximum) milliseconds"
            throw ValidationError("\(text.visible) is not \(form): such as Pong=250")
        }
        return MessageDelay(message: String(parts[0]), milliseconds: milliseconds)
    }
}

/// What a proxy does to messages, by their names.
struct ProxyRules {
    /// What happens to a frame.
    struct Treatment {
        /// The bytes to pass on; `nil` to drop them.
        let bytes: [UInt8]?
        let delay: Duration?
        /// The treatment in words; `nil` if the frame is passed on as it is.
        let text: String?
    }

    private var delays: [String: Int] = [:]
    private let dropped: Set<String>
    private let corrupted: Set<String>

    /// Whether there are no rules.
    var isEmpty: Bool { delays.isEmpty && dropped.isEmpty && corrupted.isEmpty }

    /// Rules for messages of `spec`.
    ///
    /// - Throws: A problem when the spec has no such message.
    init(_ spec: CheckedSpec, delays: [MessageDelay], drop: [String], corrupt: [String]) throws(MessageInput.Problem) {
        let input = MessageInput(spec)
        let options = [("delay", delays.map(\.message)), ("drop", drop), ("corrupt", corrupt)]
        for (option, names) in options {
            for name in names {
                do throws(MessageInput.Problem) { _ = try input.message(named: name) } catch {
                    throw MessageInput.Problem(message: "--\(option): \(error.message)")
                }
            }
        }
        for delay in delays { self.delays[delay.message] = delay.milliseconds }
        (dropped, corrupted) = (Set(drop), Set(corrupt))
    }

    /// Returns what happens to a frame.
    func treatment(of found: FoundFrame) -> Treatment {
        let name = found.frame.message?.name.value ?? ""
        if dropped.contains(name) { return Treatment(bytes: nil, delay: nil, text: "dropped") }
        let delay = delays[name]
        let isCorrupted = corrupted.contains(name)
        let words = (isCorrupted ? ["corrupted"] : []) + (delay.map { ["delayed by \($0) ms"] } ?? [])
        return Treatment(
            bytes: isCorrupted ? Self.corrupted(found) : found.bytes,
            delay: delay.map { .milliseconds($0) },
            text: words.isEmpty ? nil : words.joined(separator: ", ")
        )
    }

    /// Returns the bytes of the frame with another lowest bit in the last byte of the payload.
    ///
    /// In a frame without payload or with a `framing`, whose places are not those of the stream, the byte in the middle changes.
    private static func corrupted(_ found: FoundFrame) -> [UInt8] {
        var bytes = found.bytes
        let end = found.frame.payload.last { !$0.bytes.isEmpty }?.bytes.upperBound
        let place = found.frame.bytes == bytes ? end.map { $0 - 1 } : nil
        let index = place ?? bytes.count / 2
        if bytes.indices.contains(index) { bytes[index] ^= 1 }
        return bytes
    }
}
