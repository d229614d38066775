internal import SwitchboardSpec

/// The part of a dissector that is almost the same in all: connections, segments, and the pairs of requests and replies.
struct Session {
    let spec: CheckedSpec
    /// The prefix of names, which is the name of the protocol in Wireshark.
    let prefix: String
    /// The default of the preference with the server's port; 0 for none.
    let port: UInt16

    /// The source in Lua, which comes after the messages and the forms.
    var source: String {
        let conditions = conditions
        let lines = SessionTemplate.text.split(separator: "\n", omittingEmptySubsequences: false).compactMap { line in
            let parts = line.split(separator: SessionTemplate.mark, maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else { return String(line) }
            return parts[1].split(separator: " ").allSatisfy { conditions[String($0)] == true } ? String(parts[0]) : nil
        }
        var text = lines.joined(separator: "\n")
        for (name, value) in values { text = text.replacing("$" + name, with: value) }
        return text
    }

    /// Whether the dissector has the lines with these marks.
    private var conditions: [String: Bool] {
        let frames = spec.allFrames
        let framing = spec.frame.framing
        let conditions = [
            "requests": spec.allMessages.contains { $0.reply != nil },
            "correlation": spec.frame.correlation != nil,
            "replies": frames.contains(where: \.isOfReplies),
            "lengths": frames.contains(where: \.hasLength),
            "framing": framing != nil,
            "open": frames.contains { !$0.delimitsPayload },
            "then": spec.allMessages.contains { !$0.then.isEmpty },
            "truncates": spec.allMessages.contains { spec.layout(of: $0).filledSize != nil },
            "ignores": spec.allMessages.contains { spec.trailing(of: $0) == .ignore },
            "heuristic": heuristicMagic != nil,
            "limits": spec.allMessages.contains { $0.maximumPayload != nil },
            "trailers": frames.contains { !$0.trailer.isEmpty || $0.headerChecksum != nil },
            "functions": frames.contains { $0.trailerFields.contains { $0.value.field.condition != nil } },
            "depth": spec.types.contains { spec.plan.table.isRecursive($0.name.value) },
        ]
        return conditions.merging(conditions.map { ("!" + $0, !$1) }) { first, _ in first }
    }

    private var values: [(String, String)] {
        let first = spec.frames.compactMap(\.starts)
        let framing = spec.frame.framing
        return [
            ("NAME", Lua.literal(spec.name.uppercased())),
            ("DEFAULT_PORT", "\(port)"),
            ("CLIENT_FORM", form("client")),
            ("SERVER_FORM", form("server")),
            ("FIRST_SENDER", first == [.server] ? "destination" : "source"),
            ("MAGIC_SIZE", "\(heuristicMagic?.client.count ?? 0)"),
            ("CLIENT_MAGIC", Lua.literal(heuristicMagic?.client ?? [])),
            ("SERVER_MAGIC", Lua.literal(heuristicMagic?.server ?? [])),
            ("DELIMITER", Lua.literal(framing?.delimiter ?? [])),
            ("UNESCAPE", unescape),
            ("LARGEST_PIECE", "\(framing?.largestSize(of: spec.frame.maximumSize) ?? 0)"),
        ]
    }

    /// Returns the form with which an end starts.
    private func form(_ end: String) -> String {
        Lua.literal(spec.frames.first { $0.starts?.words.contains(end) == true }?.key ?? spec.frame.key)
    }

    /// The magic at the start of all frames, if it is long enough to recognize the protocol.
    private var heuristicMagic: FrameSpec.Magic? {
        guard spec.frames.isEmpty, spec.frame.framing == nil,
            case .magic(let magic)? = spec.frame.header.first?.value.role,
            magic.client.count > 1
        else { return nil }
        return magic
    }

    /// The function that removes escapes.
    private var unescape: String {
        switch spec.frame.framing {
        case .slip, .kiss:
            """
            unescape("\\219", function(byte)
              return byte == 0xDC and 0xC0 or byte == 0xDD and 0xDB
            end)
            """
        case .hdlc:
            """
            unescape("}", function(byte)
              return bit.bxor(byte, 0x20)
            end)
            """
        case .cobs: "decode_cobs"
        case .hex(let begins, _): "decode_hex(\(Lua.literal(begins)))"
        case nil: ""
        }
    }
}
