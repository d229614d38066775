internal import SwitchboardSpec

/// The examples of a message, taken apart byte by byte, and the bytes that a receiver rejects.
struct ExampleBlocks {
    let spec: CheckedSpec
    let message: MessageSpec

    /// The examples, in the order of the file.
    var blocks: [Example] { examples + malformed }

    private var examples: [Example] {
        let dissector = FrameDissector(spec, showsSecrets: true)
        let sender: Sender = message.sender == .server ? .server : .client
        return spec.examples(of: message).enumerated().map { index, example in
            let found = dissector.dissect(example.frame, in: message.form, from: sender, as: message)
            let isFramed = spec.frame(of: message).framing != nil
            let number = message.examples.count > 1 ? " \(index + 1)" : ""
            return Example(
                title: "Example\(number)",
                bytes: found.bytes,
                parts: parts(of: found),
                note: isFramed
                    ? "On the stream, with delimiters and escapes: " + Words(.code(example.frame.spaced)) : []
            )
        }
    }

    private var malformed: [Example] {
        spec.malformed(of: message).map { example in
            Example(
                title: example.isPayload ? "Malformed payload" : "Malformed frame",
                bytes: example.bytes,
                parts: [],
                note: Words(marked: example.reason)
            )
        }
    }

    // MARK: Parts

    /// What has a part: its name and the place of its fields on the page.
    private struct Owner {
        /// The names of the parts that contain the part.
        var path = ""
        /// The chapter of the struct, the case, the message or the frame that has the part; `nil` in a list.
        var anchor: Anchor?
        /// The prefix of the fields' names in their anchors.
        var prefix = ""
        /// The bits of the byte, if a part has only some of them.
        var mask: [UInt8]?
    }

    private func parts(of found: Dissection) -> [Example.Part] {
        let frame = Owner(anchor: .frame(spec.frame(of: message).key))
        let own = Owner(anchor: .message(message.name.value))
        var result: [Example.Part] = []
        for part in found.header { append(part, frame, found, to: &result) }
        for part in found.payload { append(part, own, found, to: &result) }
        for part in found.trailer { append(part, frame, found, to: &result) }
        return result
    }

    private func append(_ part: Part, _ owner: Owner, _ found: Dissection, to result: inout [Example.Part]) {
        let isElement = part.name.hasPrefix("[")
        let path = owner.path.isEmpty || isElement ? owner.path + part.name : "\(owner.path).\(part.name)"
        let anchor = self.anchor(of: part, owner, isElement: isElement)
        guard !part.children.isEmpty else {
            result.append(leaf(part, path, anchor, owner, found))
            return
        }
        let inner = self.owner(of: part, path, anchor)
        for child in part.children { append(child, inner, found, to: &result) }
    }

    /// Returns the place of the field that `part` belongs to; `nil` if it belongs to none.
    private func anchor(of part: Part, _ owner: Owner, isElement: Bool) -> Anchor? {
        if isElement { return owner.anchor }
        switch part.role {
        case .value, .magic, .version, .code, .checksum: return owner.anchor?.part(owner.prefix + part.name)
        // Their names are that of the field, and a word for the part.
        case .length, .presence, .end:
            let name = part.name.split(separator: " ").first.map(String.init) ?? part.name
            return owner.anchor?.part(owner.prefix + name)
        case .tag: return owner.anchor
        case .padding, .reserved, .ignored, .unread: return nil
        }
    }

    /// Returns the owner of the parts of `part`.
    private func owner(of part: Part, _ path: String, _ anchor: Anchor?) -> Owner {
        let name = part.type.filter { !"[]?".contains($0) }
        let isList = part.type.hasPrefix("[") && !part.name.hasPrefix("[")
        guard !isList, let type = spec.type(name) else { return Owner(path: path, anchor: nil) }
        switch type {
        case .structure: return Owner(path: path, anchor: .type(name))
        case .union:
            guard case .choice(let index, _) = part.value, case .union(let union) = type,
                union.cases.indices.contains(index)
            else {
                return Owner(path: path, anchor: .type(name))
            }
            return Owner(path: path, anchor: .type(name), prefix: union.cases[index].name.value + ".")
        case .enumeration, .flags: return Owner(path: path, anchor: nil)
        }
    }

    private func leaf(_ part: Part, _ path: String, _ anchor: Anchor?, _ owner: Owner, _ found: Dissection)
        -> Example.Part
    {
        Example.Part(
            offset: part.bytes.lowerBound,
            bytes: Array(found.bytes[part.bytes]),
            bits: part.mask.map { mask in bits(mask) } ?? "",
            name: Words(.code(path)),
            value: part.text,
            anchor: anchor
        )
    }

    /// Returns the bits of `mask` in words; 0 is the lowest bit of the last byte or, if the bits are neighbours only so, of the first.
    private func bits(_ mask: [UInt8]) -> String {
        func places(_ bytes: [UInt8]) -> [Int] {
            bytes.enumerated().flatMap { index, byte in
                (0..<8).compactMap { bit in byte >> UInt8(bit) & 1 == 1 ? 8 * index + bit : nil }
            }
        }
        for set in [places(mask.reversed()), places(mask)] {
            guard let low = set.first, let high = set.last, set.count == high - low + 1 else { continue }
            return BitPlace(high: high, low: low).text
        }
        return ""
    }
}
