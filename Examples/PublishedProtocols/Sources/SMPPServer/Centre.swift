import Serving
import Switchboard

/// The sessions and the messages of a message centre.
///
/// A method changes the state and puts what clients receive into their queues; ``flush()`` sends it. So a reply is sent before what
/// follows from its request.
struct Centre: Sendable {
    let limits: Limits
    let now: @Sendable () -> Moment
    private let passwords: [String: String]
    private var sessions: [ConnectionID: BoundSession] = [:]
    /// The sessions whose queues ``flush()`` looks at.
    private var unflushed: Set<ConnectionID> = []

    /// The messages by their numbers.
    private(set) var messages: [UInt64: StoredMessage] = [:]
    private var lastNumber: UInt64 = 0
    /// The messages that have ended, the first one first.
    private var ended = Queue<UInt64>()
    /// The messages for which no session is bound, by their destinations.
    private var waiting: [String: Set<UInt64>] = [:]
    /// The receipts for accounts that cannot receive them now.
    private var waitingReceipts: [String: [SMPP.DeliverSM]] = [:]

    /// A centre without sessions.
    ///
    /// - Parameter passwords: The passwords of the accounts, by system ID.
    init(
        _ limits: Limits,
        passwords: [String: String],
        now: @escaping @Sendable () -> Moment = { [clock = SteadyClock()] in clock.now }
    ) {
        self.limits = limits
        self.passwords = passwords
        self.now = now
    }

    // MARK: Sessions

    /// Binds a client.
    mutating func bind(
        _ connection: any Connection,
        _ kind: BoundSession.Kind,
        account: String,
        password: String,
        range: String
    ) throws(SMPP.Status) {
        guard sessions[connection.id] == nil else { throw .alreadyBound }
        guard let expected = passwords[account] else { throw .invalidSystemID }
        guard password == expected else { throw .invalidPassword }
        guard sessions.values.count(where: { $0.account == account }) < limits.sessionsPerAccount else {
            throw .bindFailed
        }
        let session = BoundSession(connection, account: account, kind: kind, range: range)
        sessions[connection.id] = session
        guard session.receives else { return }
        for receipt in waitingReceipts.removeValue(forKey: account) ?? [] { deliver(receipt, to: account) }
        for destination in waiting.keys where destination.hasPrefix(session.range) {
            for message in waiting.removeValue(forKey: destination)?.sorted() ?? [] { route(message) }
        }
    }

    /// Ends the session of a connection, if there is one: what its client has not answered goes to another session, or waits.
    mutating func unbind(_ connection: ConnectionID) {
        guard let session = sessions.removeValue(forKey: connection) else { return }
        unflushed.remove(connection)
        for item in session.inFlight.sorted(by: { $0.key < $1.key }).map(\.value) + session.queue.all {
            switch item {
            case .message(let number): route(number)
            case .receipt(let receipt): deliver(receipt, to: session.account)
            }
        }
    }

    /// Returns the account of a client that may submit messages.
    func transmitter(_ connection: ConnectionID) throws(SMPP.Status) -> String {
        guard let session = sessions[connection], session.transmits else { throw .incorrectBindStatus }
        return session.account
    }

    /// Asks every client whether it is there.
    mutating func enquire() {
        for id in sessions.keys { send(SMPP.EnquireLink(), to: id) }
    }

    // MARK: Deliveries

    /// A client has answered a message.
    mutating func answered(_ connection: ConnectionID, _ sequence: UInt32, _ status: SMPP.Status) {
        guard let item = sessions[connection]?.inFlight.removeValue(forKey: sequence) else { return }
        unflushed.insert(connection)
        if case .message(let number) = item { end(number, status == .ok ? .delivered : .undeliverable) }
    }

    /// Sends messages from the queues of sessions, as far as their windows allow.
    mutating func flush() {
        // A message that cannot be sent may put a receipt into another queue.
        while let id = unflushed.popFirst() {
            while let count = sessions[id]?.inFlight.count, count < limits.window,
                let item = sessions[id]?.queue.popFirst()
            {
                send(item, to: id)
            }
        }
    }

    private mutating func send(_ item: BoundSession.Item, to connection: ConnectionID) {
        let delivery: SMPP.DeliverSM
        switch item {
        case .receipt(let receipt): delivery = receipt
        case .message(let number):
            // The message may have expired, or its sender has cancelled it.
            guard let message = messages[number], message.isWaiting else { return }
            delivery = message.delivery
        }
        guard let sequence = send(delivery, to: connection) else {
            if case .message(let number) = item { end(number, .undeliverable) }
            return
        }
        sessions[connection]?.inFlight[sequence] = item
        if case .message(let number) = item { messages[number]?.isInFlight = true }
    }

    /// Sends a request of the centre; returns its number, or `nil` if the message cannot be sent.
    @discardableResult
    private mutating func send(_ message: some Message, to connection: ConnectionID) -> UInt32? {
        guard var session = sessions[connection] else { return nil }
        let sequence = session.nextSequence()
        sessions[connection] = session
        do throws(PayloadError) {
            try session.connection.send(message, header: SMPP.Header(sequence: sequence))
            return sequence
        } catch {
            session.connection.logger.error("message not sent", metadata: ["error": "\(error)"])
            return nil
        }
    }

    /// Puts a message into the queue of the session with the longest range that its destination begins with, or keeps it until there is
    /// one.
    private mutating func route(_ number: UInt64) {
        guard let message = messages[number], message.state == .enRoute else { return }
        messages[number]?.isInFlight = false
        let destination = message.content.destination.address
        let receivers = sessions.filter { $0.value.receives && destination.hasPrefix($0.value.range) }
        // Of several sessions, the one with the least to do.
        let best = receivers.min { left, right in
            (-left.value.range.utf8.count, left.value.queue.count) < (
                -right.value.range.utf8.count, right.value.queue.count
            )
        }
        guard let best else { return _ = waiting[destination, default: []].insert(number) }
        sessions[best.key]?.queue.append(.message(number))
        unflushed.insert(best.key)
    }

    private mutating func deliver(_ receipt: SMPP.DeliverSM, to account: String) {
        if let session = sessions.first(where: { $0.value.account == account && $0.value.receives }) {
            sessions[session.key]?.queue.append(.receipt(receipt))
            unflushed.insert(session.key)
        } else if waitingReceipts.values.reduce(0, { $0 + $1.count }) < limits.waitingReceipts {
            waitingReceipts[account, default: []].append(receipt)
        }
    }

    // MARK: Messages

    /// Takes a message.
    ///
    /// - Returns: Its identifier.
    mutating func store(
        _ content: StoredMessage.Content,
        of account: String,
        deadline: Moment
    ) throws(SMPP.Status) -> String {
        if messages.count >= limits.messages {
            guard let oldest = ended.popFirst() else { throw .queueFull }
            messages[oldest] = nil
        }
        lastNumber &+= 1
        let message = StoredMessage(
            number: lastNumber,
            account: account,
            content: content,
            submitted: now(),
            deadline: deadline
        )
        messages[lastNumber] = message
        route(lastNumber)
        return message.id
    }

    /// Changes a message that waits.
    mutating func change(_ number: UInt64, _ body: (inout StoredMessage) -> Void) {
        guard var message = messages[number], message.isWaiting else { return }
        body(&message)
        messages[number] = message
    }

    /// Ends a message, and sends a receipt if its sender has asked for one.
    mutating func end(_ number: UInt64, _ state: SMPP.MessageState) {
        guard var message = messages[number], message.state == .enRoute else { return }
        message.state = state
        message.isInFlight = false
        message.ended = now()
        messages[number] = message
        ended.append(number)
        let destination = message.content.destination.address
        waiting[destination]?.remove(number)
        if waiting[destination]?.isEmpty == true { waiting[destination] = nil }
        if let receipt = message.receipt { deliver(receipt, to: message.account) }
    }

    /// Ends the messages that have expired.
    mutating func expire() {
        let time = now()
        for (number, message) in messages where message.isWaiting && message.deadline <= time { end(number, .expired) }
    }
}
