package import SwitchboardSpec
internal import SwitchboardVocabulary

/// A dissector for Wireshark and tshark.
package enum WiresharkDissector {
    /// The name and the port of a dissector.
    package struct Settings: Sendable {
        /// The prefix of all names in filters; by default the name of the protocol in small letters.
        package var prefix: String?
        /// The default of the preference with the server's TCP port; 0 for none.
        package var port: UInt16 = 0

        /// The default settings.
        package init() {}
    }

    /// The most requests of one end without a reply that a dissector keeps.
    private static let maximumPending = 10_000

    /// The number of characters of a prefix: Wireshark refuses names of one character.
    private static let prefixLength = 2...SpecLimits.nameLength

    /// The rule for prefixes in words, for errors.
    package static let prefixRule =
        "use \(prefixLength.lowerBound) to \(prefixLength.upperBound) small letters, digits and `_`, and begin with a letter"

    /// Returns whether `prefix` can begin the names in filters.
    package static func isPrefix(_ prefix: String) -> Bool {
        let letters = UInt8(ascii: "a")...UInt8(ascii: "z")
        guard prefixLength ~= prefix.utf8.count, let first = prefix.utf8.first, letters ~= first else { return false }
        return prefix.utf8.allSatisfy {
            letters ~= $0 || UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 || $0 == UInt8(ascii: "_")
        }
    }

    /// Returns the source of the dissector of `spec`, or why there is none.
    ///
    /// - Parameter file: The name of the spec's file.
    package static func source(for spec: CheckedSpec, file: String, _ settings: Settings) -> (
        text: String?, refusals: [Diagnostic]
    ) {
        let prefix = settings.prefix ?? OutputName.identifier(of: spec).lowercased()
        guard isPrefix(prefix) else {
            let reason = "the rule for names in Wireshark's filters is: \(prefixRule)"
            return (nil, [OutputName.refusal(of: spec, reason)])
        }
        var out = Collected(plan: spec.plan, fields: FieldTable(prefix: prefix))
        addOwnFields(of: spec, &out)
        let types = spec.types + spec.allImports.flatMap(\.spec.types)
        refuseLargeNumbers(in: spec, types, &out)
        out.taggedUnions = taggedUnions(in: spec, types)
        let forms = spec.allFrames.map { FormRenderer(spec: spec, frame: $0) }
        let messages = MessageRenderer(spec: spec)
        // The header's fields come first in the list of fields.
        let formSource = forms.map { $0.source(&out) }.joined(separator: "\n")
        let messageSource = spec.allMessages.map { messages.source(of: $0, &out) }.joined(separator: "\n")
        let typeSource = types.map { TypeRenderer(plan: spec.plan).source(of: $0, &out) }.filter { !$0.isEmpty }
            .joined(separator: "\n")
        guard out.refusals.diagnostics.isEmpty else { return (nil, out.refusals.diagnostics) }
        let session = Session(spec: spec, prefix: prefix, port: settings.port).source
        let hasCases = types.contains { if case .union = $0 { true } else { false } }
        let typeHead =
            typeSource.isEmpty ? "" : "local types = {}\n\(hasCases ? "local cases = {}\n" : "")\n\(typeSource)\n"
        let rest = """
            \(typeHead)-- Messages ------------------------------------------------------------------------------------------------

            local messages = {}

            \(messageSource)
            -- The forms of frames.
            local forms = {}

            \(formSource)
            \(session)
            """
        let body = out.checksums.source + rest
        let helpers = Helper.needed(by: body).map(\.source).joined(separator: "\n\n")
        // Wireshark refuses two protocols with the same title.
        let title = "\(spec.name) (\(settings.prefix.map { "\($0), " } ?? "")Switchboard)"
        var constants = ""
        if helpers.contains("MAXIMUM_DEPTH") {
            constants += "-- The most values within each other whose types contain themselves.\n"
            constants += "local MAXIMUM_DEPTH = \(SpecLimits.recursionDepth)\n"
        }
        if session.contains("MAXIMUM_PENDING") {
            constants += "-- The most requests of one end without a reply that are kept.\n"
            constants += "local MAXIMUM_PENDING = \(maximumPending)\n"
        }
        let text = """
            -- Dissector of \(spec.name.visible)\(spec.version.map { " version \($0)" } ?? "") for Wireshark and tshark.
            --
            -- Made from \(file.visible) by `switchboard wireshark` \(PackageVersion.current). Copy the file to the folder of Wireshark's personal
            -- plugins, which "Help > About Wireshark > Folders" shows, or load it with `tshark -X lua_script:FILE`.

            -- luacheck: std lua52, no max line length, no unused args
            -- luacheck: globals Proto ProtoField ProtoExpert Pref Field DissectorTable ByteArray NSTime UInt64 Int64 Struct
            -- luacheck: globals base expert frametype bit DESEGMENT_ONE_MORE_SEGMENT

            local proto = Proto(\(Lua.literal(prefix)), \(Lua.literal(title)))
            \(constants)
            \(out.names.source)\(out.fields.source)
            proto.fields = fields

            local experts = {
              malformed = ProtoExpert.new(\(expert(prefix, "malformed.expert", "Malformed")), expert.group.MALFORMED, expert.severity.ERROR),
              unknown = ProtoExpert.new(\(expert(prefix, "unknown", "Unknown message")), expert.group.UNDECODED, expert.severity.WARN),
              direction = ProtoExpert.new(\(expert(prefix, "direction", "Wrong direction")), expert.group.PROTOCOL, expert.severity.WARN),
              checksum = ProtoExpert.new(\(expert(prefix, "wrong_checksum", "Wrong checksum")), expert.group.CHECKSUM, expert.severity.ERROR),
            }

            proto.experts = experts

            -- Reading -------------------------------------------------------------------------------------------------

            \(helpers)

            \(body)
            """
        return (tidy(text), [])
    }

    private static func expert(_ prefix: String, _ name: String, _ title: String) -> String {
        "\(Lua.literal("\(prefix).\(name)")), \(Lua.literal(title))"
    }

    /// Adds the fields of every dissector.
    private static func addOwnFields(of spec: CheckedSpec, _ out: inout Collected) {
        _ = out.fields.add("message", "string", "message")
        _ = out.fields.add("payload", "bytes", "payload")
        _ = out.fields.add("malformed", "bytes", "malformed")
        if spec.allMessages.contains(where: { spec.trailing(of: $0) == .ignore }) {
            _ = out.fields.add("trailing", "bytes", "bytes of a newer version")
        }
        if spec.allMessages.contains(where: { $0.reply != nil }) {
            _ = out.fields.add("response_in", "framenum", "response in", ["base.NONE", "frametype.RESPONSE"])
            _ = out.fields.add("response_to", "framenum", "request in", ["base.NONE", "frametype.REQUEST"])
            _ = out.fields.add("response_time", "relative_time", "response time")
        }
    }

    /// Refuses codes and conditions with numbers that Lua cannot represent.
    private static func refuseLargeNumbers(in spec: CheckedSpec, _ types: [TypeSpec], _ out: inout Collected) {
        for message in spec.allMessages {
            for case .number(let number) in message.codeValues where number.magnitude > Lua.largestNumber {
                out.refusals.refuse(number: number, at: message.code.place, "the code of `\(message.name.value)`")
            }
        }
        let headers = spec.allFrames.map { Layout(fields: spec.layout(of: $0).items.map(\.plan)) }
        for field in (headers + layouts(of: spec, types)).flatMap(\.fields) {
            for number in field.condition?.numbers ?? [] where number.magnitude > Lua.largestNumber {
                let place = field.field.condition?.place ?? field.field.name.place
                out.refusals.refuse(number: number, at: place, "the condition of `\(field.label)`")
            }
        }
    }

    /// Returns the names of the unions that have their tag in an earlier field.
    private static func taggedUnions(in spec: CheckedSpec, _ types: [TypeSpec]) -> Set<String> {
        let fields = layouts(of: spec, types).flatMap(\.fields).filter { $0.field.tag != nil }
        return Set(fields.compactMap { $0.step.unwrapped.union?.name.value })
    }

    /// Returns the layouts of all messages, structs and cases.
    private static func layouts(of spec: CheckedSpec, _ types: [TypeSpec]) -> [Layout] {
        var layouts = spec.allMessages.map { spec.layout(of: $0) }
        for type in types {
            switch type {
            case .enumeration, .flags: break
            case .structure(let type): layouts.append(spec.plan.layout(of: type))
            case .union(let type): layouts += spec.plan.layouts(of: type)
            }
        }
        return layouts
    }

    /// Returns the text without blanks at the ends of lines, and with one empty line in place of several.
    private static func tidy(_ text: String) -> String {
        var lines: [Substring] = []
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            let kept = line.allSatisfy { $0 == " " } ? "" : line
            if kept.isEmpty, lines.last?.isEmpty == true { continue }
            lines.append(kept)
        }
        while lines.last?.isEmpty == true { lines.removeLast() }
        return lines.joined(separator: "\n") + "\n"
    }
}

extension Condition {
    /// The numbers with which the condition compares fields.
    fileprivate var numbers: [SpecInteger] {
        terms.flatMap { term -> [SpecInteger] in
            switch term.test {
            case .isSet: []
            case .oneOf(let values), .noneOf(let values): values.map(\.number)
            case .range(let bounds): [bounds.low, bounds.high].compactMap { $0?.number }
            }
        }
    }
}
