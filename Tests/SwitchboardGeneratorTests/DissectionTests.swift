import Foundation
import SwitchboardSpec
import Testing

/// Takes the examples of all specs of the repository apart, and compares the parts with what the codec reads.
@Suite("A dissection")
struct DissectionTests {
    /// The spec of a file.
    struct Subject: Sendable, CustomTestStringConvertible {
        let name: String
        let spec: CheckedSpec

        var testDescription: String { name }
    }

    static let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..").standardizedFileURL

    /// The specs without `imports`, of which all files are in these folders.
    static let subjects: [Subject] = {
        let folders = ["Protocols", "Examples", "Tests/SwitchboardGeneratorTests/Golden"]
        let files = folders.flatMap { folder in
            (FileManager.default.enumerator(atPath: root.appending(path: folder).path)?.allObjects ?? [])
                .compactMap { $0 as? String }.filter { $0.hasSuffix(".yaml") && !$0.contains(".build/") }
                .sorted().map { "\(folder)/\($0)" }
        }
        return (files + ["protocol.yaml"]).compactMap { file in
            guard let data = try? Data(contentsOf: root.appending(path: file)) else { return nil }
            return SpecReader.read(Array(data)).spec.map { Subject(name: file, spec: $0) }
        }
    }()

    @Test("reads the specs of the repository")
    func completeness() {
        #expect(Self.subjects.count > 85)
        #expect(Self.subjects.reduce(0) { $0 + $1.spec.messages.reduce(0) { $0 + $1.examples.count } } > 1000)
    }

    @Test("has every bit of a frame in exactly one part, and the values that the codec reads", arguments: subjects)
    func examples(_ subject: Subject) throws {
        let (spec, dissector) = (subject.spec, FrameDissector(subject.spec))
        for message in spec.messages {
            let layout = spec.layout(of: spec.frame(of: message))
            for example in spec.examples(of: message) {
                let end = message.sender == .server ? Sender.server : .client
                let isReply = spec.frame(of: message).isOfReplies
                let found = dissector.dissect(
                    example.frame,
                    in: spec.frame(of: message).key,
                    from: end,
                    as: isReply ? message : nil
                )
                let comment = Comment(rawValue: "\(message.name.value) \(example.frame.hexadecimal)")
                #expect(found.message?.name.value == message.name.value, comment)
                #expect(found.problem == nil, comment)
                #expect(found.isComplete && found.size == example.frame.count, comment)
                let expected = try FrameReader.read(example.frame, message, layout, trailing: .reject)
                #expect(found.headerValues.map(\.value) == expected.header, comment)
                let values = try PayloadReader.read(
                    expected.payload,
                    spec.layout(of: message),
                    spec.plan,
                    trailing: spec.trailing(of: message),
                    header: layout.named(expected.header)
                )
                #expect(found.values == values, comment)
                #expect(Self.coverage(of: found) == [UInt8](repeating: 1, count: 8 * found.bytes.count), comment)
                #expect(found.parts.allSatisfy(Self.isTree), comment)
                Self.compare(found.payload, values, spec.layout(of: message), comment)
            }
        }
    }

    /// Returns how many parts without children each bit of the frame belongs to.
    private static func coverage(of found: Dissection) -> [UInt8] {
        var counts = [UInt8](repeating: 0, count: 8 * found.bytes.count)
        for leaf in found.parts.flatMap(\.leaves) {
            for (index, byte) in leaf.bytes.enumerated() {
                let mask = leaf.mask.map { $0[index] } ?? 0xFF
                for bit in 0..<8 where mask >> (7 - bit) & 1 == 1 { counts[8 * byte + bit] &+= 1 }
            }
        }
        return counts
    }

    /// Returns whether the children of a part, and theirs, lie one after another in the part.
    private static func isTree(_ part: Part) -> Bool {
        guard let first = part.children.first, let last = part.children.last else { return true }
        let isInOrder = zip(part.children, part.children.dropFirst()).allSatisfy { left, right in
            left.mask != nil || left.bytes.upperBound == right.bytes.lowerBound
        }
        return isInOrder && first.bytes.lowerBound == part.bytes.lowerBound
            && last.bytes.upperBound == part.bytes.upperBound && part.children.allSatisfy(isTree)
    }

    /// Compares the values of parts with those of the message's fields.
    private static func compare(_ parts: [Part], _ values: [Value], _ layout: Layout, _ comment: Comment) {
        let found = Dictionary(parts.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        for (field, value) in zip(layout.fields, values) where !field.field.isReserved && value != .nothing {
            // A part without bytes has the default of a value that an older peer does not send, or zeros that were cut off.
            guard let part = found[field.name], field.presenceBits.isEmpty else { continue }
            #expect(part.value == value, comment)
        }
    }

    @Test("names the mistake of a malformed example, and reads the parts before it", arguments: subjects)
    func malformed(_ subject: Subject) {
        let (spec, dissector) = (subject.spec, FrameDissector(subject.spec))
        for message in spec.messages {
            for example in spec.malformed(of: message) {
                let found =
                    example.isPayload
                    ? dissector.dissect(payload: example.bytes, of: message)
                    : dissector.dissect(
                        example.bytes,
                        in: spec.frame(of: message).key,
                        from: message.sender == .server ? .server : .client,
                        as: message
                    )
                let comment = Comment(rawValue: "\(message.name.value) \(example.bytes.hexadecimal)")
                #expect(found.problem != nil || !found.isComplete, comment)
                if let problem = found.problem { #expect(0...found.bytes.count ~= problem.offset, comment) }
                #expect(found.parts.last?.bytes.upperBound ?? 0 == found.bytes.count, comment)
            }
        }
    }

    @Test("has the same values and mistakes if only some frames have parts", arguments: subjects)
    func frameWithoutParts(_ subject: Subject) {
        let spec = subject.spec
        let dissector = FrameDissector(spec, showsSecrets: true)
        let brief = FrameDissector(spec, showsSecrets: true, notesAllParts: false)
        for message in spec.messages {
            let malformed = spec.malformed(of: message).filter { !$0.isPayload }.map(\.bytes)
            for bytes in spec.examples(of: message).map(\.frame) + malformed {
                let (form, end) = (spec.frame(of: message).key, message.sender == .server ? Sender.server : .client)
                let found = dissector.dissect(bytes, in: form, from: end, as: message)
                let other = brief.dissect(bytes, in: form, from: end, as: message)
                let comment = Comment(rawValue: "\(message.name.value) \(bytes.hexadecimal)")
                #expect(other.values == found.values && other.size == found.size, comment)
                #expect(other.headerValues.map(\.value) == found.headerValues.map(\.value), comment)
                #expect(other.problem == found.problem, comment)
                #expect(other.parts.count == (found.isWhole ? 0 : found.parts.count), comment)
            }
        }
    }

    /// The number of beginnings of a frame that are taken apart, at least.
    private static let beginnings = 32

    @Test("of the beginning of a frame has the parts that have arrived, and waits for the rest", arguments: subjects)
    func beginnings(_ subject: Subject) {
        let (spec, dissector) = (subject.spec, FrameDissector(subject.spec))
        for message in spec.messages {
            guard let example = spec.examples(of: message).first else { continue }
            let step = max(1, example.frame.count / Self.beginnings)
            for count in stride(from: 0, to: example.frame.count, by: step) {
                let found = dissector.dissect(
                    Array(example.frame.prefix(count)),
                    in: spec.frame(of: message).key,
                    from: message.sender == .server ? .server : .client,
                    as: message
                )
                let comment = Comment(rawValue: "\(count) of \(message.name.value) \(example.frame.hexadecimal)")
                #expect(!found.isComplete && found.problem == nil && found.size == nil, comment)
                #expect(found.parts.last?.bytes.upperBound ?? 0 == count, comment)
            }
        }
    }
}
