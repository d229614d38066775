internal import SwitchboardSpec

/// The description of a message.
struct MessageChapter {
    let builder: ReferenceBuilder
    let message: MessageSpec

    private var spec: CheckedSpec { builder.spec }
    private var anchor: Anchor { .message(message.name.value) }

    /// The chapter.
    var chapter: Chapter {
        var chapter = Chapter(anchor: anchor, title: message.name.value)
        chapter.kind = "message"
        chapter.remarks = builder.code(of: message)
        if message.deprecated != nil { chapter.remarks += Words(.text(" ")) + Words(.badge("deprecated")) }
        chapter.blocks = (message.doc?.paragraphs ?? []).map { .paragraph($0) }
        chapter.blocks.append(.list(facts))
        let layout = spec.layout(of: message)
        let items = Places(plan: spec.plan).items(of: layout)
        if items.isEmpty {
            chapter.blocks.append(.paragraph("The payload is empty."))
        } else {
            let builder = DiagramBuilder(plan: spec.plan, owner: anchor)
            let title = "The bytes of the payload of \(message.name.value)"
            chapter.blocks.append(.bytes(ByteDiagram(title: title, builder.cells(items))))
            let table = FieldTable(spec: spec, owner: anchor, title: message.name.value, subject: .message)
            chapter.blocks.append(.table(table.table(items)))
        }
        chapter.blocks += ExampleBlocks(spec: spec, message: message).blocks.map { .example($0) }
        return chapter
    }

    private var facts: [Words] {
        var facts: [Words] = []
        let sender: Words = Words(
            .text("Sent by \(message.sender == .both ? "client and server" : "the \(message.sender.rawValue)")")
        )
        if let reply = message.reply {
            facts.append(sender + ". The reply is " + Words(.link(reply.value, .message(reply.value))) + ".")
        } else {
            let requests = spec.allMessages.filter { $0.reply?.value == message.name.value }
            let names = requests.map(builder.link).joined(", ")
            facts.append(sender + (names.isEmpty ? "." : ", as the reply to " + names + "."))
        }
        if let namespace = spec.importedNamespace(of: message.name.value) {
            facts.append("Comes from " + Words(.code(namespace)) + ".")
        }
        if !spec.frames.isEmpty {
            let key = spec.frame(of: message).key
            facts.append("In a frame of the form " + Words(.link(key, .frame(key))) + ".")
        }
        for next in message.then {
            let end = next.end ?? message.sender
            let who = end == .both ? "both ends send" : "the \(end.rawValue) sends"
            facts.append(
                Words(.text("Afterwards, \(who) frames of the form "))
                    + Words(.link(next.frame.value, .frame(next.frame.value))) + "."
            )
        }
        switch message.requirement?.value {
        case .authenticated?: facts.append("The server handles it only if the peer is authenticated.")
        case .nothing?: facts.append("The server handles it before the peer is authenticated, too.")
        case .asConfigured?, nil: break
        }
        if let maximum = message.maximumPayload?.value {
            facts.append(Words(.text("The payload has at most \(maximum.counted("byte")).")))
        }
        if spec.trailing(of: message) == .ignore { facts.append("A receiver skips bytes after the last field.") }
        if let seed = message.checksumSeed?.value {
            facts.append("The seed of the checksum is " + Words(.code(seed.spaced)) + ".")
        }
        if let since = message.since?.value { facts.append(Words(.text("Since version \(since)."))) }
        if let reason = message.deprecated {
            facts.append(Words(.badge("deprecated")) + Words(.text(" ")) + reason.paragraphs.joined())
        }
        return facts
    }
}
