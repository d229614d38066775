internal import SwitchboardCalling
internal import SwitchboardSpec

/// A connection to a server over which the messages of a client in a capture are sent again.
final class ReplayConnection {
    /// What comes from the server.
    enum Arrival {
        case frame(FoundFrame)
        /// Nothing before the deadline.
        case nothing
        /// No more frames, for the reason in the text.
        case end(String)
    }

    /// The largest number of frames that wait, because the server has sent them before a reply with another correlation.
    private static let maximumEarly = 10_000
    /// The largest number of bytes of these frames.
    private static let maximumEarlyBytes = 64 << 20

    private let connection: RawConnection
    private let spec: CheckedSpec
    private let rules: IgnoreRules
    private var conversation: ConversationDissector
    private var input = FrameBuffer()
    /// Frames that came before a reply with another correlation, in order.
    private var early: [FoundFrame] = []
    private var earlyBytes = 0
    private var end: String?
    /// Whether the connection broke: the server has aborted it, or has ended it without reading everything.
    private(set) var isBroken = false

    /// A replay over `connection`; frames that `rules` ignore are skipped.
    init(_ connection: RawConnection, _ dissector: FrameDissector, _ rules: IgnoreRules) {
        self.connection = connection
        self.rules = rules
        spec = dissector.spec
        conversation = ConversationDissector(dissector)
    }

    /// Sends a frame; returns whether the server has read so much before the deadline that more may be sent.
    func send(_ frame: [UInt8], before deadline: ReplyDeadline) async -> Bool {
        _ = conversation.next(in: frame, from: .client)
        return await connection.send(frame, before: deadline)
    }

    /// Returns how the server has ended the connection, even if frames of it wait; `nil` if it has not.
    func ending() async -> String? {
        switch await connection.ending() {
        case .success?: "the server ended the connection"
        case .failure(let failure)?: Self.broken(failure)
        case nil: nil
        }
    }

    /// Ends what the client sends.
    func endOutput() { connection.endOutput() }

    /// Closes the connection at once.
    func abort() { connection.abort() }

    /// Sends what is pending, and closes the connection.
    func close() async { await connection.close() }

    /// Returns the frame to compare with `expected`: the next one with the same correlation, or the next one if the protocol has none.
    func next(like expected: FoundFrame, before deadline: ReplyDeadline) async -> Arrival {
        let number = correlation(of: expected)
        if let index = early.firstIndex(where: { correlation(of: $0) == number }) { return .frame(takeEarly(index)) }
        while true {
            let arrival = await arrival(before: deadline)
            guard case .frame(let found) = arrival, found.frame.isWhole, correlation(of: found) != number else {
                return arrival
            }
            early.append(found)
            earlyBytes += found.bytes.count
            if early.count > Self.maximumEarly || earlyBytes > Self.maximumEarlyBytes {
                end = "the server sent \(early.count) messages with other correlations"
            }
        }
    }

    /// Returns the next frame that was not yet returned.
    func next(before deadline: ReplyDeadline) async -> Arrival {
        early.isEmpty ? await arrival(before: deadline) : .frame(takeEarly(0))
    }

    private func takeEarly(_ index: Int) -> FoundFrame {
        let found = early.remove(at: index)
        earlyBytes -= found.bytes.count
        return found
    }

    /// Returns the number that pairs a reply with its request; `nil` without such a number, and if it is not compared.
    private func correlation(of found: FoundFrame) -> Value? {
        guard let message = found.frame.message,
            let field = spec.frame(of: message).correlation?.value.field.name.value,
            !rules.ignores(field, in: message.name.value)
        else { return nil }
        return found.frame.correlation
    }

    private func arrival(before deadline: ReplyDeadline) async -> Arrival {
        while true {
            if let end { return .end(end) }
            do {
                if let found = input.next(&conversation, from: .server) {
                    if found.frame.problem != nil { skip(found) }
                    if rules.ignores(message: found.frame.message?.name.value) { continue }
                    return .frame(found)
                }
                try input.checkSize()
                // A server that sends without end does not make the wait longer.
                guard deadline.left > .zero, let bytes = try await connection.next(before: deadline) else {
                    return .nothing
                }
                guard bytes.isEmpty else {
                    input.append(bytes)
                    continue
                }
                let place = input.count > 0 ? " within a frame, after \(input.count) bytes of it" : ""
                end = "the server ended the connection\(place)"
            } catch let problem as FrameBuffer.TooLarge {
                end = "the server sent a frame that is too large: \(problem.message)"
            } catch {
                isBroken = true
                end = Self.broken(error)
            }
        }
    }

    private static func broken(_ failure: any Error) -> String { "the connection broke: \(failure)" }

    /// Goes on behind a malformed frame, if its header says where it ends.
    private func skip(_ found: FoundFrame) {
        if let size = found.frame.size, size > 0 { return input.skip(size) }
        end = "the server sent a malformed frame without a known end"
    }
}
