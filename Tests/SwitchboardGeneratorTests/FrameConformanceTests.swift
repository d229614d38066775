import Foundation
import SwitchboardRouter
import SwitchboardSpec
import Testing

/// Compares the generated code that reads and writes frames with the interpreter of specs.
@Suite("The generated codec of frames", .serialized)
struct FrameConformanceTests {
    /// A message of one of the specs with headers of all kinds, with the generated type.
    struct Subject: Sendable, CustomTestStringConvertible {
        let spec: CheckedSpec
        let message: MessageSpec
        let type: any Message.Type
        /// The format of the protocol.
        let protocolFormat: FrameFormat

        /// The format of the frames with the message.
        var format: FrameFormat { protocolFormat.format(of: type.code) }
        var layout: FrameLayout { spec.layout(of: spec.frame(of: message)) }

        var testDescription: String { "\(spec.name).\(type.name)" }
    }

    private static let protocols: [any WireProtocol.Type] = [
        Headers.self, Words.self, References.self, Twins.self, Switches.self, Ends.self, Sums.self,
        Seeds.self, Parts.self, Counts.self, Stages.self, Replies.self, Turns.self, Wide.self, Methods.self,
        Formats.self, Lengths.self, Slip.self, Kiss.self, HDLC.self, Cobs.self, HexLines.self, Tags.self,
        Options.self, Zeros.self, Trailers.self, Stamps.self, Alternatives.self, Guards.self, Varints.self, Tails.self,
        Choices.self, Addresses.self,
    ]

    private static let subjects = protocols.flatMap(subjects)

    private static func subjects(_ wireProtocol: any WireProtocol.Type) -> [Subject] {
        let name = "Golden/\(wireProtocol).yaml"
        let path = URL(filePath: #filePath).deletingLastPathComponent().appending(path: name)
        guard let spec = (try? Data(contentsOf: path)).flatMap({ SpecReader.read(Array($0)).spec }) else { return [] }
        return wireProtocol.messages.compactMap { type in
            spec.messages.first { $0.name.value == type.name }.map {
                Subject(spec: spec, message: $0, type: type, protocolFormat: wireProtocol.frameFormat)
            }
        }
    }

    @Test("has a type for every message of these specs")
    func completeness() {
        #expect(Self.subjects.count == Self.protocols.reduce(0) { $0 + $1.messages.count })
    }

    /// The number of cases for each message; CONFORMANCE_CASES sets it.
    private static let cases = ProcessInfo.processInfo.environment["CONFORMANCE_CASES"].flatMap(Int.init) ?? 600

    /// Returns a frame with random values; `nil` if these values cannot be encoded.
    private static func frame(of subject: Subject, _ random: inout RandomValues) -> [UInt8]? {
        let (spec, layout) = (subject.spec, subject.layout)
        let codes = layout.items.filter(\.spec.role.isCode).map(\.plan.name)
        random.header = Dictionary(
            zip(codes, subject.message.codeValues),
            uniquingKeysWith: { first, _ in first }
        )
        let own = layout.header.fields
        let others = layout.whole.fields.filter { other in !own.contains { $0.name == other.name } }
        let header = random.values(of: Layout(fields: own, header: others))
        random.header = Dictionary(
            zip(layout.header.fields, header).map { (ReferenceSpec.header($0.name), $1) },
            uniquingKeysWith: { first, _ in first }
        )
        let payload = spec.layout(of: subject.message)
        let values = random.values(of: payload)
        return (try? FrameWriter(subject.message, payload, values, header: header, layout))?.bytes
    }

    /// Returns `frame` as the generated code encodes it after it has decoded it; `nil` if it is no frame of the message.
    private static func generated(_ frame: [UInt8], _ subject: Subject) -> [UInt8]? {
        var stream = ByteReader(Bytes(frame))
        let decoder = FrameDecoder(subject.format, from: subject.message.sender)
        guard case .whole(let content) = decoder.content(in: &stream) else { return nil }
        var reader = ByteReader(content)
        guard case .frame(let found) = decoder.next(in: &reader), [subject.type.code, .ofReply].contains(found.code)
        else { return nil }
        return try? again(subject.type, found, decoder, &reader, subject.protocolFormat)
    }

    private static func again<M: Message>(
        _ type: M.Type,
        _ found: FrameDecoder.Frame,
        _ decoder: FrameDecoder,
        _ reader: inout ByteReader,
        _ format: FrameFormat
    ) throws -> [UInt8] {
        let message = try decoder.payload(of: found, in: &reader) { payload throws(PayloadError) in
            try M(payload: &payload, header: found.header)
        }
        return Array(try FrameEncoder(format).encode(message, header: found.header))
    }

    /// Returns the same for the interpreter.
    private static func interpreted(_ frame: [UInt8], _ subject: Subject) -> [UInt8]? {
        let (spec, layout, message) = (subject.spec, subject.layout, subject.message)
        let payload = spec.layout(of: message)
        guard
            let found = try? FrameReader.read(frame, message, layout, trailing: .ignore),
            let values = try? PayloadReader.read(
                found.payload,
                payload,
                spec.plan,
                trailing: spec.trailing(of: message),
                header: layout.named(found.header)
            )
        else { return nil }
        return (try? FrameWriter(message, payload, values, header: found.header, layout))?.bytes
    }

    @Test("reads and writes what the spec says, for any values", arguments: subjects)
    func values(_ subject: Subject) async throws {
        var random = RandomValues(subject.spec, seed: 1 &+ UInt64(subject.type.code))
        var accepted = 0
        for round in 0..<Self.cases / 10 {
            // Other tests run on the same few threads.
            if round % 50 == 0 { await Task.yield() }
            guard let frame = Self.frame(of: subject, &random) else { continue }
            accepted += 1
            let again = Self.generated(frame, subject)
            guard again == frame else {
                Issue.record("\(frame.hexadecimal) is \(again?.hexadecimal ?? "refused")")
                return
            }
        }
        #expect(accepted > Self.cases / 40)
    }

    @Test("waits for the rest of a frame until its last byte", arguments: subjects)
    func splits(_ subject: Subject) throws {
        var random = RandomValues(subject.spec, seed: 2 &+ UInt64(subject.type.code))
        let decoder = FrameDecoder(subject.format, from: subject.message.sender)
        for _ in 0..<20 {
            guard let frame = Self.frame(of: subject, &random) else { continue }
            for count in 0..<frame.count {
                var reader = ByteReader(Bytes(frame.prefix(count)))
                if decoder.hasFraming {
                    guard case .incomplete = decoder.content(in: &reader) else {
                        Issue.record("\(count) bytes of \(frame.hexadecimal) are a whole frame")
                        return
                    }
                    continue
                }
                guard case .incomplete(let size) = decoder.next(in: &reader), size > count, size <= frame.count else {
                    Issue.record("\(count) bytes of \(frame.hexadecimal) are \(decoder.next(in: &reader))")
                    return
                }
            }
        }
    }

    @Test("accepts and refuses what the spec does, for any bytes", arguments: subjects)
    func bytes(_ subject: Subject) async throws {
        var random = RandomValues(subject.spec, seed: 3 &+ UInt64(subject.type.code))
        var frame: [UInt8] = []
        var accepted = 0
        for round in 0..<Self.cases {
            if round % 50 == 0 {
                await Task.yield()
                frame = Self.frame(of: subject, &random) ?? frame
            }
            var changed = frame
            for _ in 0..<random.generator.next(below: 3) { random.generator.change(&changed) }
            Self.repairChecksum(of: &changed, subject)
            let (found, expected) = (Self.generated(changed, subject), Self.interpreted(changed, subject))
            accepted += expected == nil ? 0 : 1
            guard found == expected else {
                let (found, expected) = (found?.hexadecimal ?? "refused", expected?.hexadecimal ?? "refused")
                Issue.record("\(changed.hexadecimal) is \(found), and should be \(expected)")
                return
            }
        }
        // Enough of the changed frames are still frames of the message.
        #expect(accepted > Self.cases / 10)
    }

    /// Gives a changed frame the checksum of its bytes, so that its other changes are seen.
    private static func repairChecksum(of frame: inout [UInt8], _ subject: Subject) {
        guard let framing = subject.layout.frame.framing else { return seal(&frame, subject) }
        let piece = framing.piece(of: frame, limit: subject.layout.frame.maximumSize)
        guard case .frame(var content, _) = piece else { return }
        seal(&content, subject)
        frame = framing.encoded(content)
    }

    private static func seal(_ frame: inout [UInt8], _ subject: Subject) {
        let layout = subject.layout
        guard let headerSize = try? PayloadReader.readStart(of: frame, layout.whole, layout.plan).size else { return }
        let header = frame.prefix(headerSize)
        let covered = frame.count - layout.trailerSize(behind: Array(header))
        guard covered >= headerSize else { return }
        let ends = Array(header + frame.dropFirst(covered))
        guard let found = try? PayloadReader.readStart(of: ends, layout.ends, layout.plan) else { return }
        frame = layout.sealed(
            Array(frame.prefix(covered)),
            headerSize: headerSize,
            subject.message,
            trailer: layout.trailer(ends, found.ends)
        )
    }
}
