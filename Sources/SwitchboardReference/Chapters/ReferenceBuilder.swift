internal import SwitchboardSpec

/// Makes the document of a spec.
struct ReferenceBuilder {
    let spec: CheckedSpec
    private let file: String

    /// - Parameter file: The name of the spec's file.
    init(_ spec: CheckedSpec, file: String) {
        self.spec = spec
        self.file = file
    }

    /// Returns the document.
    func document() -> Document {
        var document = Document(
            title: spec.name,
            origin: "Made from \(file.visible) by switchboard docs \(PackageVersion.current)."
        )
        document.chapters = [overview, frames, messages] + [types, faults, limits].compactMap(\.self)
        return document
    }

    /// The types of the spec and of all imported specs.
    private var allTypes: [TypeSpec] { spec.types + spec.allImports.flatMap(\.spec.types) }

    // MARK: Overview

    private var overview: Chapter {
        var chapter = Chapter(anchor: .chapter("overview"), title: "Overview")
        chapter.blocks = (spec.doc?.paragraphs ?? []).map { .paragraph($0) }
        var facts: [Words] = []
        if let version = spec.version { facts.append("Version " + Words(.code("\(version)")) + ".") }
        if let wire = spec.wireVersion, wire != spec.version {
            facts.append("The version in the header of frames is " + Words(.code("\(wire)")) + ".")
        }
        if !spec.imports.isEmpty {
            let names = spec.allImports.map(\.spec.name).listed()
            facts.append("Extends " + names + ", whose messages and types this page describes, too.")
        }
        let numbers = spec.byteOrder == .big ? "big-endian" : "little-endian"
        facts.append(Words(.text("Numbers are \(numbers), unless the page says otherwise.")))
        if let heartbeat = spec.heartbeat?.message ?? spec.inheritedHeartbeat?.heartbeat?.message,
            spec.heartbeat != nil || !spec.saysHeartbeat
        {
            facts.append("An idle client sends " + link(heartbeat) + ".")
        }
        if let error = spec.errorMessage { facts.append("The server reports faults with " + link(error) + ".") }
        facts.append(
            """
            In the diagrams, a row `+4` begins 4 bytes after the last value above that is not always there, or not always \
            of the same size. \
            Values that some payloads lack have dashed lines, or a `?` in text.
            """
        )
        chapter.blocks.append(.list(facts))
        return chapter
    }

    /// Returns the name of `message` with a link.
    func link(_ message: MessageSpec) -> Words { Words(.link(message.name.value, .message(message.name.value))) }

    // MARK: Frames

    private var frames: Chapter {
        let chapters = spec.allFrames.map { FrameChapter(spec: spec, layout: spec.layout(of: $0)).chapter }
        guard chapters.count > 1, var first = chapters.first else { return chapters[0] }
        first.parts = Array(chapters.dropFirst())
        return first
    }

    // MARK: Messages

    private var messages: Chapter {
        var chapter = Chapter(anchor: .chapter("messages"), title: "Messages")
        let all = spec.allMessages
        let hasForms = spec.frames.count > 0
        let hasReplies = all.contains { $0.reply != nil }
        let hasCodes = all.contains { !$0.codeText.isEmpty }
        let head =
            ["Message"] + (hasCodes ? ["Code"] : []) + ["Sent by"] + (hasReplies ? ["Reply"] : [])
            + (hasForms ? ["Frame"] : []) + ["Meaning"]
        var table = Table(head: head, codeColumns: hasCodes ? [1] : [])
        for message in all {
            let reply: [Words] = hasReplies ? [message.reply.map { [.link($0.value, .message($0.value))] } ?? []] : []
            let form: [Words] =
                hasForms ? [[.link(spec.frame(of: message).key, .frame(spec.frame(of: message).key))]] : []
            let meaning = Words(marked: (message.doc ?? "").summary)
            let first = [link(message)] + (hasCodes ? [code(of: message)] : []) + [Words(.text(message.sender.words))]
            table.rows.append(Table.Row(cells: first + reply + form + [meaning]))
        }
        chapter.blocks = [.table(table)]
        if let sequence { chapter.blocks.append(.sequence(sequence)) }
        chapter.parts = all.map { MessageChapter(builder: self, message: $0).chapter }
        return chapter
    }

    /// Returns the code of `message`; no words if its frames have no code.
    func code(of message: MessageSpec) -> Words {
        message.codeText.isEmpty ? [] : Words(.code(message.codeText))
    }

    /// The most messages of a diagram of the conversation.
    private static let largestSequence = 40

    /// Requests with their replies, and one-way messages, as far as they are not too many for a diagram.
    private var sequence: SequenceDiagram? {
        let all = spec.allMessages
        let replies = Set(all.compactMap { $0.reply?.value })
        func steps(_ isShown: (MessageSpec) -> Bool) -> [SequenceDiagram.Step] {
            var steps: [SequenceDiagram.Step] = []
            for message in all where !replies.contains(message.name.value) && isShown(message) {
                steps.append(.message(message.name.value, from: message.sender, isReply: false))
                if let reply = message.reply, let answer = all.first(where: { $0.name.value == reply.value }) {
                    // A reply goes in the other direction, even if both ends may send the message.
                    let sender: Sender = message.sender == .both ? .both : message.sender == .client ? .server : .client
                    steps.append(.message(answer.name.value, from: sender, isReply: true))
                }
                for next in message.then {
                    let end = next.end ?? message.sender
                    let who = end == .both ? "both ends send" : "the \(end.rawValue) sends"
                    steps.append(.note("then \(who) frames of the form \(next.frame.value)"))
                }
            }
            return steps
        }
        for steps in [steps { _ in true }, steps { $0.reply != nil || !$0.then.isEmpty }]
        where !steps.isEmpty && steps.count <= Self.largestSequence {
            return SequenceDiagram(steps: steps)
        }
        return nil
    }

    // MARK: Types

    private var types: Chapter? {
        guard !allTypes.isEmpty else { return nil }
        var chapter = Chapter(anchor: .chapter("types"), title: "Types")
        chapter.parts = allTypes.map { TypeChapter(spec: spec, type: $0).chapter }
        return chapter
    }

    // MARK: Faults

    /// What the server reports with each case of the error message's first field.
    private static let meanings: [(name: String, meaning: String)] = [
        ("invalidMagic", "The frame does not begin with the magic."),
        ("unsupportedVersion", "The frame has another version."),
        ("unknownType", "No message that this peer may send has the code."),
        ("payloadTooLarge", "The payload is larger than allowed."),
        ("checksumMismatch", "The checksum is wrong."),
        ("malformedPayload", "The payload does not fit the fields."),
        ("authenticationFailed", "The peer is not authenticated."),
        ("rateLimited", "A rate limit is reached."),
        ("tooManyConnections", "A limit of connections is reached."),
        ("timeout", "The peer did not send a complete frame in time."),
        ("shuttingDown", "The server shuts down."),
        ("internal", "A handler of the server failed, or the fault has no case of its own."),
    ]

    private var faults: Chapter? {
        guard let error = spec.errorMessage, let name = error.fields.first?.type.value.namedType,
            case .enumeration(let type)? = spec.type(name)
        else { return nil }
        var chapter = Chapter(anchor: .chapter("faults"), title: "Faults")
        chapter.blocks = [
            .paragraph(
                "A server reports these faults with " + link(error) + ". The number is in its field "
                    + Words(.code(error.fields[0].name.value)) + "."
            )
        ]
        var table = Table(head: ["Code", "Fault", "Meaning"], codeColumns: [0])
        for item in type.cases {
            let meaning = Self.meanings.first { $0.name == item.name.value }?.meaning
            table.rows.append(
                Table.Row(cells: [
                    number(item.value.value, type.type), Words(.code(item.name.value)), Words(.text(meaning ?? "")),
                ])
            )
        }
        chapter.blocks.append(.table(table))
        return chapter
    }

    private func number(_ number: SpecInteger, _ type: IntegerType) -> Words { Words(.code(number.text(of: type))) }

    // MARK: Limits

    private var limits: Chapter? {
        var chapter = Chapter(anchor: .chapter("limits"), title: "Limits")
        var table = Table(head: ["Of", "Largest payload", "Largest frame"])
        for frame in spec.allFrames {
            let name: Words =
                spec.frames.isEmpty ? "every message" : "messages in " + Words(.link(frame.key, .frame(frame.key)))
            let size = "\(frame.maximumSize.counted("byte"))\(frame.framing == nil ? "" : ", without escapes")"
            table.rows.append(
                Table.Row(cells: [name, Words(.text(frame.maximumPayload.counted("byte"))), Words(.text(size))])
            )
        }
        for message in spec.allMessages {
            guard let maximum = message.maximumPayload?.value else { continue }
            let frame = spec.frame(of: message)
            let size = UInt64(frame.maximumHeaderSize + frame.trailerSize).addingOrLargest(maximum)
            let cells: [Words] = [
                link(message), Words(.text(maximum.counted("byte"))), Words(.text(size.counted("byte"))),
            ]
            table.rows.append(Table.Row(cells: cells))
        }
        chapter.blocks = [.table(table)]
        let recursive = allTypes.map(\.name.value).filter { spec.plan.table.isRecursive($0) }
        if !recursive.isEmpty {
            let names = recursive.map { Words(.link($0, .type($0))) }.joined(", ")
            let levels = " may contain values of their own type, up to \(SpecLimits.recursionDepth) levels."
            chapter.blocks.append(.paragraph("Values of " + names + Words(.text(levels))))
        }
        if let reserved { chapter.blocks.append(.paragraph(reserved)) }
        return chapter
    }

    /// The codes and names that must not be used again.
    private var reserved: Words? {
        let numbers = spec.reserved.numbers.keys.sorted().map { "\($0)" }
        let names = numbers + spec.reserved.names.keys.sorted()
        return names.isEmpty ? nil : "Former codes and names, which no message uses again: " + names.listed() + "."
    }
}

extension Sender {
    /// The sender, in words.
    var words: String {
        switch self {
        case .client: "client"
        case .server: "server"
        case .both: "client, server"
        }
    }
}

extension SpecInteger {
    /// The number as people write numbers of `type`: an unsigned number of at most four bytes in hexadecimal.
    func text(of type: IntegerType) -> String {
        guard !type.isSigned, !type.isVariable, type.bitWidth <= 32, type.bitWidth % 8 == 0 else { return description }
        let digits = String(magnitude, radix: 16, uppercase: true)
        return "0x" + String(repeating: "0", count: max(0, type.bitWidth / 4 - digits.count)) + digits
    }
}
