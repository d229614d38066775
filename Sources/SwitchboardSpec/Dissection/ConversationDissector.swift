/// Takes apart the frames of a connection, in the order in which they were sent.
///
/// It follows the forms of frames that messages lead to, and pairs replies without a code with their requests.
package struct ConversationDissector: Sendable {
    /// A request whose reply has no code.
    private struct OpenRequest {
        /// The value of the field with `correlate`; `nil` without such a field.
        let number: Value?
        let reply: String
    }

    /// The largest number of requests that are kept until their replies arrive; the oldest are dropped.
    package static let maximumRequests = 65_536

    private let dissector: FrameDissector
    /// The name of the form of each end's next frame.
    private var forms: [Sender: String]
    /// The ends whose first frame was taken apart, and those whose form the caller knows.
    private var begun: Set<Sender> = []
    /// The requests whose replies are to come.
    private var requests: [OpenRequest] = []

    /// A dissector of the frames of a connection.
    ///
    /// - Parameter form: The name of the form of the next frames of both ends; `nil` at the start of a connection.
    package init(_ dissector: FrameDissector, form: String? = nil) {
        self.dissector = dissector
        forms = Dictionary(
            Sender.ends.map { end in
                let first = dissector.spec.allFrames.first { $0.starts?.includes(end) ?? false }
                return (end, form ?? first?.key ?? FrameSpec.mainName)
            },
            uniquingKeysWith: { first, _ in first }
        )
        if form != nil { begun = Set(Sender.ends) }
    }

    /// Takes apart the frame at the start of `stream`.
    ///
    /// If the first frame of an end does not have the form that a connection starts with, the other forms are tried: the bytes may
    /// be from the middle of a connection.
    ///
    /// - Parameter sender: The end that sent the bytes; `both` if each frame may be of either end.
    package mutating func next(in stream: [UInt8], from sender: Sender) -> Dissection {
        let ends = sender == .both ? Sender.ends : [sender]
        var found = ends.map { dissect(stream, in: forms[$0] ?? FrameSpec.mainName, from: $0) }
        if !found.contains(where: \.isWhole) {
            let others = ends.filter { !begun.contains($0) }.flatMap { end in
                dissector.spec.allFrames.map(\.key).filter { $0 != forms[end] }.map { (end, $0) }
            }
            for (end, form) in others {
                let other = dissect(stream, in: form, from: end)
                if other.isWhole {
                    found = [other]
                    break
                }
            }
        }
        var best = found.first(where: \.isWhole) ?? found.first { $0.message != nil } ?? found[0]
        // Only a magic number of its own tells the end that sent a message which either end may send.
        let isOfEither = best.message?.sender == .both && found.allSatisfy { $0.isWhole == best.isWhole }
        if sender == .both, isOfEither || best.message == nil { best.sender = .both }
        if best.isWhole { note(best) }
        return best
    }

    private func dissect(_ stream: [UInt8], in form: String, from end: Sender) -> Dissection {
        guard dissector.isOfReplies(form) else { return dissector.dissect(stream, in: form, from: end) }
        // The header has the number of the request, and is the same for all replies.
        let reply = requests.first.flatMap { message(named: $0.reply) }
        let first = dissector.dissect(stream, in: form, from: end, as: reply)
        guard let number = first.correlation, let request = requests.first(where: { $0.number == number }),
            let message = message(named: request.reply)
        else {
            return first.correlation == nil && reply != nil ? first : dissector.dissect(stream, in: form, from: end)
        }
        return dissector.dissect(stream, in: form, from: end, as: message)
    }

    private func message(named name: String) -> MessageSpec? {
        dissector.spec.allMessages.first { $0.name.value == name }
    }

    /// Notes what follows from a frame for later ones.
    private mutating func note(_ found: Dissection) {
        guard let message = found.message else { return }
        let senders = found.sender == .both ? Sender.ends : [found.sender]
        for end in senders {
            begun.insert(end)
            forms[end] = found.form
        }
        for next in message.then {
            for end in next.end.map({ [$0] }) ?? senders {
                forms[end] = next.frame.value
                begun.insert(end)
            }
        }
        if let reply = message.reply?.value, dissector.isReplyWithoutCode(reply) {
            if requests.count == Self.maximumRequests { requests.removeFirst() }
            requests.append(OpenRequest(number: found.correlation, reply: reply))
        }
        guard dissector.isReplyWithoutCode(message.name.value) else { return }
        let index =
            found.correlation.map { number in requests.firstIndex { $0.number == number } } ?? requests.indices.first
        if let index { requests.remove(at: index) }
    }
}

extension Dissection {
    /// Whether it is a frame of the protocol.
    package var isWhole: Bool { isComplete && problem == nil }
}
