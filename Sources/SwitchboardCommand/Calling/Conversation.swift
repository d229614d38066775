internal import SwitchboardFiles
internal import SwitchboardGenerator
internal import SwitchboardSpec

/// A connection to a server on which frames are sent and received.
struct Conversation {
    private let connection: RawConnection
    private var dissector: ConversationDissector
    private var input = FrameBuffer()

    /// A conversation over `connection`.
    init(_ connection: RawConnection, _ dissector: FrameDissector) {
        self.connection = connection
        self.dissector = ConversationDissector(dissector)
    }

    /// Sends a frame; returns the number with which its reply comes, if the protocol has such numbers.
    mutating func send(_ frame: [UInt8]) -> Value? {
        connection.send(frame)
        return dissector.next(in: frame, from: .client).correlation
    }

    /// Returns the next frame of the server; `nil` when the server has ended the connection.
    ///
    /// - Parameter deadline: The end of the wait; `nil` to wait without end.
    /// - Throws: ``SpecMistakes`` when no frame comes in time, or the connection breaks.
    mutating func next(before deadline: ReplyDeadline?) async throws -> StreamDecoder.Found? {
        while true {
            if let found = input.next(&dissector, from: .server) {
                if !found.frame.isWhole { input.skip(found.bytes.count) }
                return found
            }
            do throws(FrameBuffer.TooLarge) { try input.checkSize() } catch {
                throw SpecMistakes(lines: ["switchboard: error: \(error.message)"])
            }
            let bytes = try await bytes(before: deadline)
            guard !bytes.isEmpty else {
                guard input.count == 0 else {
                    let text = "the server ended the connection within a frame, after \(input.count) bytes of it"
                    throw SpecMistakes(lines: ["switchboard: error: \(text)"])
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
            throw SpecMistakes(lines: ["switchboard: error: no reply\(time)"])
        } catch let end as ConnectionEnd {
            throw SpecMistakes(lines: ["switchboard: error: the connection broke: \(end)"])
        }
    }
}

/// The end of the wait for a reply, whatever other frames come before it.
struct ReplyDeadline {
    /// The time to wait.
    let timeout: Duration
    /// The end of the wait.
    private let end: ContinuousClock.Instant

    /// A deadline that ends `timeout` from now.
    init(_ timeout: Duration) {
        self.timeout = timeout
        end = .now + timeout
    }

    /// The time that is left; 0 after the end.
    var left: Duration { max(.zero, ContinuousClock.now.duration(to: end)) }
}

/// Prints frames as `decode` does.
struct FramePrinter {
    private let text: DissectionText
    private let json: DissectionJSON?
    private var count = 0

    init(_ dissector: FrameDissector, json: Bool, showsSecrets: Bool) {
        text = DissectionText(dissector)
        self.json = json ? DissectionJSON(dissector, showsSecrets: showsSecrets) : nil
    }

    mutating func print(_ found: StreamDecoder.Found) throws {
        count += 1
        if let json { return try StandardOutput.write(json.object(found.frame, found.bytes, at: found.offset).line) }
        if count > 1 { try StandardOutput.write("") }
        for line in text.lines(found.frame, number: count, at: found.offset) { try StandardOutput.write(line) }
    }
}
