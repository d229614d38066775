package import SwitchboardFiles
package import SwitchboardSpec

// What `switchboard call` and `net001 call` have in common:
//
//  1. MessageWords    makes the messages from the words of a command line, or from a file.
//  2. ServerConnector connects to the server. A RawConnection sends and receives bytes.
//  3. Conversation    takes the frames of the server from the bytes.
//  4. ServerCall      sends the messages, and waits for their replies.
//  5. FramePrinter    prints what the server sends: DissectionText for people, DissectionJSON for programs.

/// Messages to a server, each of which is sent after the reply to the one before.
package struct ServerCall {
    /// The time that a server has to end its side after a message without a reply, in which it may reject the message.
    private static let endTime = Duration.seconds(1)

    private let requests: [(message: MessageSpec, frame: [UInt8])]
    private let spec: CheckedSpec
    private let count: Int?
    private let timeout: Duration

    /// A call with `messages`.
    ///
    /// - Parameters:
    ///   - count: The number of messages to wait for, in place of replies; `nil` to wait for replies.
    ///   - timeout: The time to wait for each reply.
    /// - Throws: A `VerbFailure` when a message is one of the server, or cannot be encoded.
    package init(
        _ messages: [MessageInput.Message],
        _ spec: CheckedSpec,
        count: Int?,
        within timeout: Duration
    ) throws(VerbFailure) {
        let input = MessageInput(spec)
        var requests: [(message: MessageSpec, frame: [UInt8])] = []
        for message in messages {
            let name = message.message.name.value
            guard message.message.sender != .server else {
                throw VerbFailure("`\(name)` is a message of the server: name one that clients send")
            }
            do throws(MessageInput.Problem) {
                requests.append((message.message, try input.frame(message.sent(by: .client))))
            } catch {
                throw VerbFailure(error.message)
            }
        }
        (self.requests, self.spec, self.count, self.timeout) = (requests, spec, count, timeout)
    }

    /// Whether a message of the server ends the call.
    ///
    /// Otherwise the connection must linger: until a server has read a message without a reply, its bytes may be lost if the connection
    /// is reset.
    package var awaitsReply: Bool { count.map { $0 > 0 } ?? (requests.last?.message.reply != nil) }

    /// Sends the messages, and prints what the server sends.
    ///
    /// - Parameter first: The end of the wait for the first reply; `nil` for one that begins when its request is sent.
    /// - Throws: An ``ErrorAnswer`` when the server answers with the protocol's error; a `VerbFailure` when a reply does not come.
    package func run(
        over conversation: inout Conversation,
        before first: ReplyDeadline? = nil,
        _ printer: inout FramePrinter
    ) async throws {
        var deadline = first
        for (message, frame) in requests {
            let number = conversation.send(frame)
            guard count == nil, let reply = message.reply?.value else { continue }
            let end = deadline ?? ReplyDeadline(timeout)
            deadline = nil
            while true {
                let found = try await next(in: &conversation, before: end, &printer)
                guard number == nil || found.frame.correlation == number else { continue }
                if isError(found) { throw ErrorAnswer(found.frame) }
                if found.frame.message?.name.value == reply { break }
            }
        }
        for _ in 0..<(count ?? 0) {
            _ = try await next(in: &conversation, before: ReplyDeadline(timeout), &printer)
        }
        if !awaitsReply { try await awaitEnd(of: &conversation, &printer) }
    }

    /// Prints the next frame of the server, and returns it.
    private func next(
        in conversation: inout Conversation,
        before deadline: ReplyDeadline,
        _ printer: inout FramePrinter
    ) async throws -> FoundFrame {
        guard let found = try await conversation.next(before: deadline) else {
            throw VerbFailure("the server ended the connection without a reply")
        }
        try printer.print(found)
        if found.frame.problem != nil { throw VerbFailure("the server sent a malformed frame") }
        return found
    }

    /// Ends what is sent, and waits until the server has ended its side, too: before that, it may reject messages without a reply.
    private func awaitEnd(of conversation: inout Conversation, _ printer: inout FramePrinter) async throws {
        conversation.endOutput()
        let deadline = ReplyDeadline(min(timeout, Self.endTime))
        // The messages have no reply, so that all other frames, and how the connection ends, do not matter.
        while deadline.left > .zero, let found = try? await conversation.next(before: deadline) {
            guard isError(found), found.frame.problem == nil else { continue }
            try printer.print(found)
            throw ErrorAnswer(found.frame)
        }
    }

    private func isError(_ found: FoundFrame) -> Bool {
        spec.errorMessage.map { $0.name.value == found.frame.message?.name.value } ?? false
    }
}

/// The protocol's error, with which a server has answered.
package struct ErrorAnswer: Error, CustomStringConvertible {
    /// The frame with the error.
    package let frame: Dissection

    /// The error for a frame of the server.
    init(_ frame: Dissection) {
        self.frame = frame
    }

    /// The error in one line.
    package var description: String { "the server answered with `\(frame.message?.name.value ?? "")`" }
}
