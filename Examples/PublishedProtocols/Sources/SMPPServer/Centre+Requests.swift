import Serving
import Switchboard

// What the requests of clients do.

extension SMPP.Status: Error {}

extension Centre {
    /// Checks a message, and takes it; returns its identifier.
    ///
    /// - Parameters:
    ///   - replaces: Whether the message replaces a waiting one with the same service and addresses.
    ///   - validity: When the message expires, as SMPP writes it; empty for the default.
    mutating func submit(
        _ content: StoredMessage.Content,
        of account: String,
        replaces: Bool = false,
        validity: String = ""
    ) throws(SMPP.Status) -> String {
        guard !content.destination.address.isEmpty else { throw .invalidDestination }
        guard content.priority <= 3 else { throw .invalidPriority }
        guard !content.receipts.isSuperset(of: [.delivery, .failure]) else { throw .invalidReceipts }
        guard content.options.count <= limits.options else { throw .invalidOptions }
        let payloads = content.options.compactMap(\.payload)
        guard payloads.count <= 1, payloads.isEmpty || content.text.isEmpty else { throw .optionNotAllowed }
        guard payloads.allSatisfy({ $0.count <= limits.textBytes }) else { throw .invalidMessageLength }
        var content = content
        content.text = content.text.copied()
        content.options = content.options.compactMap(\.forReceiver)
        let deadline = try deadline(validity)
        if replaces,
            let earlier = messages.values.first(where: { $0.isWaiting && $0.isSimilar(to: content, of: account) })
        {
            change(earlier.number) { message in (message.content, message.deadline) = (content, deadline) }
            return earlier.id
        }
        return try store(content, of: account, deadline: deadline)
    }

    /// Returns a message of an account.
    func message(_ id: String, of account: String, from source: SMPP.Address) -> StoredMessage? {
        guard let number = UInt64(id, radix: 16), let message = messages[number], message.account == account else {
            return nil
        }
        return message.content.source.address == source.address ? message : nil
    }

    /// Replaces the text of a waiting message.
    mutating func replace(_ request: SMPP.ReplaceSM, of account: String) throws(SMPP.Status) {
        guard let message = message(request.id, of: account, from: request.source), message.isWaiting else {
            throw .replaceFailed
        }
        guard request.scheduled.isEmpty else { throw .invalidScheduledTime }
        let deadline = request.validity.isEmpty ? message.deadline : try deadline(request.validity)
        change(message.number) { message in
            message.content.text = request.text.copied()
            message.content.options.removeAll { $0.payload != nil }
            message.content.receipts = request.receipts
            message.deadline = deadline
        }
    }

    /// Cancels a waiting message or, without an identifier, all waiting messages between two addresses.
    mutating func cancel(_ request: SMPP.CancelSM, of account: String) throws(SMPP.Status) {
        let cancelled = messages.values.filter { message in
            guard message.isWaiting, message.account == account else { return false }
            let content = message.content
            guard content.source.address == request.source.address else { return false }
            if !request.id.isEmpty { return message.id == request.id }
            return content.destination.address == request.destination.address
                && (request.service.isEmpty || content.service == request.service)
        }
        guard !cancelled.isEmpty else { throw .cancelFailed }
        for message in cancelled { end(message.number, .deleted) }
    }

    private func deadline(_ validity: String) throws(SMPP.Status) -> Moment {
        let (now, latest) = (now(), now() + limits.validity)
        if validity.isEmpty { return latest }
        guard let deadline = moment(validity, from: now), deadline > now else { throw .invalidValidity }
        return min(deadline, latest)
    }
}

extension StoredMessage {
    /// Returns whether a message of an account has the same service and addresses.
    fileprivate func isSimilar(to other: Content, of account: String) -> Bool {
        self.account == account && content.service == other.service
            && content.source.address == other.source.address
            && content.destination.address == other.destination.address
    }
}

extension SMPP.Option {
    /// The text in this option; `nil` in other options.
    fileprivate var payload: Bytes? {
        if case .payload(let data) = self { data } else { nil }
    }

    /// The option as the receiver gets it; `nil` if the receiver does not.
    fileprivate var forReceiver: SMPP.Option? {
        switch self {
        case .payload(let data): .payload(data: data.copied())
        case .userReference, .sourcePort, .destinationPort, .segmentReference, .totalSegments, .segment, .language,
            .privacy:
            self
        default: nil
        }
    }
}
