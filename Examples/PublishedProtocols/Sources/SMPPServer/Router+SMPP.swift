import Serving
import Switchboard

extension Router {
    /// The handlers of SMPP's requests, over a message centre.
    static func smpp(_ centre: Shared<Centre>) -> Router {
        var requests = Requests(centre)
        requests.registerSessions()
        requests.registerMessages()
        requests.registerAnswers()
        return requests.router
    }
}

/// The handlers of SMPP's requests.
///
/// Most requests have no `reply` in the spec: the handler sends the reply, and then what follows from the request.
private struct Requests {
    private let centre: Shared<Centre>
    private(set) var router = Router(SMPP.self)

    init(_ centre: Shared<Centre>) { self.centre = centre }

    // MARK: Sessions

    mutating func registerSessions() {
        let (options, systemID): ([SMPP.Option], _) = ([.interfaceVersion(number: 0x34)], "SWITCHBOARD")
        serve(SMPP.BindTransmitter.self, orFail: SMPP.BindTransmitterResponse(options: [])) {
            centre,
            bind,
            context throws(SMPP.Status) in
            try centre.bind(context, .transmitter, bind.systemID, bind.password, bind.range)
            return SMPP.BindTransmitterResponse(systemID: systemID, options: options)
        }
        serve(SMPP.BindReceiver.self, orFail: SMPP.BindReceiverResponse(options: [])) {
            centre,
            bind,
            context throws(SMPP.Status) in
            try centre.bind(context, .receiver, bind.systemID, bind.password, bind.range)
            return SMPP.BindReceiverResponse(systemID: systemID, options: options)
        }
        serve(SMPP.BindTransceiver.self, orFail: SMPP.BindTransceiverResponse(options: [])) {
            centre,
            bind,
            context throws(SMPP.Status) in
            try centre.bind(context, .transceiver, bind.systemID, bind.password, bind.range)
            return SMPP.BindTransceiverResponse(systemID: systemID, options: options)
        }
        router.on(SMPP.Unbind.self) { [centre] _, context in
            centre.use { centre in
                centre.unbind(context.connection.id)
                centre.flush()
            }
            // The reply is sent first.
            context.connection.close()
            return SMPP.UnbindResponse()
        }
        router.on(SMPP.EnquireLink.self) { _, _ in SMPP.EnquireLinkResponse() }
        router.onDisconnect { [centre] connection in
            centre.use { centre in
                centre.unbind(connection.id)
                centre.flush()
            }
        }
    }

    // MARK: Messages

    mutating func registerMessages() {
        serve(SMPP.SubmitSM.self, orFail: SMPP.SubmitSMResponse(options: [])) {
            centre,
            submit,
            context throws(SMPP.Status) in
            let account = try centre.transmitter(context.connection.id)
            guard submit.scheduled.isEmpty else { throw .invalidScheduledTime }
            guard submit.replace <= 1 else { throw .invalidReplaceFlag }
            guard submit.predefined == 0 else { throw .invalidPredefinedMessage }
            let content = StoredMessage.Content(
                service: submit.service,
                source: submit.source,
                destination: submit.destination,
                mode: submit.mode,
                protocolID: submit.protocolID,
                priority: submit.priority,
                receipts: submit.receipts,
                coding: submit.coding,
                text: submit.text,
                options: submit.options
            )
            let replaces = submit.replace == 1
            let id = try centre.submit(content, of: account, replaces: replaces, validity: submit.validity)
            return SMPP.SubmitSMResponse(id: id, options: [])
        }
        serve(SMPP.DataSM.self, orFail: SMPP.DataSMResponse(options: [])) { centre, data, context throws(SMPP.Status) in
            let content = StoredMessage.Content(
                service: data.service,
                source: data.source,
                destination: data.destination,
                mode: data.mode,
                receipts: data.receipts,
                coding: data.coding,
                text: Bytes(),
                options: data.options
            )
            let id = try centre.submit(content, of: try centre.transmitter(context.connection.id))
            return SMPP.DataSMResponse(id: id, options: [])
        }
        serve(SMPP.QuerySM.self, orFail: SMPP.QuerySMResponse()) { centre, query, context throws(SMPP.Status) in
            let account = try centre.transmitter(context.connection.id)
            guard let message = centre.message(query.id, of: account, from: query.source) else { throw .queryFailed }
            let finalDate = message.ended.map { date($0, seconds: true) + "000+" } ?? ""
            return SMPP.QuerySMResponse(id: message.id, finalDate: finalDate, state: message.state, error: 0)
        }
        serve(SMPP.CancelSM.self, orFail: SMPP.CancelSMResponse()) { centre, cancel, context throws(SMPP.Status) in
            try centre.cancel(cancel, of: try centre.transmitter(context.connection.id))
            return SMPP.CancelSMResponse()
        }
        serve(SMPP.ReplaceSM.self, orFail: SMPP.ReplaceSMResponse()) { centre, replace, context throws(SMPP.Status) in
            try centre.replace(replace, of: try centre.transmitter(context.connection.id))
            return SMPP.ReplaceSMResponse()
        }
    }

    // MARK: Answers

    mutating func registerAnswers() {
        takeAnswers(SMPP.DeliverSMResponse.self) { $0 }
        // A client that does not understand a message.
        takeAnswers(SMPP.GenericNack.self) { $0 == .ok ? .unknownError : $0 }
        // Their arrival shows that the client is there; the centre sends no DataSM, and Unbind only at the end.
        router.on(SMPP.EnquireLinkResponse.self) { _, _ in }
        router.on(SMPP.DataSMResponse.self) { _, _ in }
        router.on(SMPP.UnbindResponse.self) { _, context in context.connection.close() }
        router.onUnhandled { message, context in
            context.logger.info("command refused", metadata: ["command": "\(message.name ?? "unknown")"])
            let sequence = context.header(of: SMPP.self).sequence
            try context.send(SMPP.GenericNack(), header: SMPP.Header(status: .invalidCommandID, sequence: sequence))
        }
    }

    private mutating func takeAnswers<Input: Message>(
        _ type: Input.Type,
        _ status: @escaping @Sendable (SMPP.Status) -> SMPP.Status
    ) {
        router.on(type) { [centre] _, context in
            let header = context.header(of: SMPP.self)
            centre.use { centre in
                centre.answered(context.connection.id, header.sequence, status(header.status))
                centre.flush()
            }
        }
    }

    // MARK: Registration

    /// Registers the handler of a request.
    ///
    /// - Parameters:
    ///   - failure: The reply to a request that fails; its header has the reason.
    ///   - body: Carries out the request, and returns the reply.
    private mutating func serve<Input: Message, Output: Message>(
        _ type: Input.Type,
        orFail failure: Output,
        _ body: @escaping @Sendable (inout Centre, Input, Context) throws(SMPP.Status) -> Output
    ) {
        router.on(type) { [centre] message, context in
            let sequence = context.header(of: SMPP.self).sequence
            // Under the lock, so that the reply is sent before what follows from the request.
            try centre.use { centre in
                var (reply, status) = (failure, SMPP.Status.ok)
                do throws(SMPP.Status) { reply = try body(&centre, message, context) } catch { status = error }
                try context.send(reply, header: SMPP.Header(status: status, sequence: sequence))
                centre.flush()
            }
        }
    }
}

extension Centre {
    /// Binds the client of a context; closes its connection if it is not the client of an account.
    fileprivate mutating func bind(
        _ context: Context,
        _ kind: BoundSession.Kind,
        _ account: String,
        _ password: String,
        _ range: SMPP.Address
    ) throws(SMPP.Status) {
        do throws(SMPP.Status) {
            try bind(context.connection, kind, account: account, password: password, range: range.address)
        } catch {
            // The response is sent first. A client that has bound stays bound.
            if error != .alreadyBound { context.connection.close() }
            context.logger.info("bind refused", metadata: ["system_id": "\(account)", "status": "\(error)"])
            throw error
        }
        // From now on, the limits for peers that have not authenticated do not apply.
        context.session.identity = .init(user: account)
    }
}
