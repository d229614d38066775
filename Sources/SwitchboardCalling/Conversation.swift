internal import SwitchboardFiles
package import SwitchboardSpec

/// A connection to a server on which frames are sent and received.
package struct Conversation {
    private let connection: RawConnection
    private var dissector: ConversationDissector
    private var input = FrameBuffer()

    /// A conversation over `connection`.
    package init(_ connection: RawConnection, _ dissector: FrameDissector) {
        self.connection = connection
        self.dissector = ConversationDissector(dissector)
    }

    /// Sends a frame; returns the number with which its reply comes, if the protocol has such numbers.
    @discardableResult
    package mutating func send(_ frame: [UInt8]) -> Value? {
        connection.send(frame)
        return dissector.next(in: frame, from: .client).correlation
    }

    /// Ends what is sent, after all frames, and continues to receive.
    func endOutput() { connection.endOutput() }

    /// Returns the next frame of the server; `nil` when the server has ended the connection.
    ///
    /// - Parameter deadline: The end of the wait; `nil` to wait without end.
    /// - Throws: A `VerbFailure` when no frame comes in time, or the connection breaks.
    package mutating func next(before deadline: ReplyDeadline?) async throws -> FoundFrame? {
        while true {
            if let found = input.next(&dissector, from: .server) {
                if !found.frame.isWhole { input.skip(found.bytes.count) }
                return found
            }
            do throws(FrameBuffer.TooLarge) { try input.checkSize() } catch {
                throw VerbFailure(error.message)
            }
            let bytes = try await bytes(before: deadline)
            guard !bytes.isEmpty else {
                guard input.count == 0 else {
                    let text = "the server ended the connection within a frame, after \(input.count) bytes of it"
                    throw VerbFailure(text)
                }
                return nil
            }
            input.append(bytes)
        }
    }

    private func bytes(before deadline: ReplyDeadline?) async throws -> [UInt8] {
        do {
            if let bytes = try await connection.next(before: deadline) { return bytes }
            let time = deadline.map { " within \($0.timeout) (--timeout)" } ?? ""
            throw VerbFailure("no reply\(time)")
        } catch let end as ConnectionEnd {
            throw VerbFailure("the connection broke: \(end)")
        }
    }
}

/// The end of the wait for a reply, whatever other frames come before it.
package struct ReplyDeadline: Sendable {
    /// The time to wait.
    package let timeout: Duration
    /// The end of the wait.
    private let end: ContinuousClock.Instant

    /// A deadline that ends `timeout` from now.
    package init(_ timeout: Duration) {
        self.timeout = timeout
        end = .now + timeout
    }

    /// The time that is left; 0 after the end.
    package var left: Duration { max(.zero, ContinuousClock.now.duration(to: end)) }
}
