import Foundation
import SwitchboardRouter
import SwitchboardSpec
import Testing

// Serialized, because these tests together would take all threads from tests that only wait for a
// moment.
@Suite("The generated codec", .serialized)
struct ConformanceTests {
    /// A message of one of the specs, with the generated type.
    struct Subject: Sendable, CustomTestStringConvertible {
        let spec: CheckedSpec
        let message: MessageSpec
        let type: any Message.Type

        var testDescription: String { "\(spec.name).\(type.name)" }
    }

    /// Every message of the specs that use all of the language.
    private static let subjects = subjects(Gallery.self) + subjects(Layouts.self) + subjects(Chunks.self)

    private static func subjects(_ wireProtocol: any WireProtocol.Type) -> [Subject] {
        let name = "Golden/\(wireProtocol).yaml"
        let path = URL(filePath: #filePath).deletingLastPathComponent().appending(path: name)
        guard let spec = (try? Data(contentsOf: path)).flatMap({ SpecReader.read(Array($0)).spec }) else { return [] }
        return wireProtocol.messages.compactMap { type in
            spec.messages.first { $0.name.value == type.name }.map { Subject(spec: spec, message: $0, type: type) }
        }
    }

    @Test("has a type for every message of these specs")
    func completeness() {
        let messages = Gallery.messages + Layouts.messages + Chunks.messages
        #expect(Self.subjects.count == messages.count)
    }

    /// The number of cases for each message; CONFORMANCE_CASES sets it.
    private static let cases = ProcessInfo.processInfo.environment["CONFORMANCE_CASES"].flatMap(Int.init) ?? 12_000

    /// The result of decoding a payload.
    private enum Outcome: Equatable, CustomStringConvertible {
        case accepted(again: [UInt8])
        case refused(code: String, field: String)

        var description: String {
            switch self {
            case .accepted(let again): "accepted, and written as \(again.hexadecimal)"
            case .refused(let code, let field): "refused: \(code) of \(field)"
            }
        }
    }

    private static func generated(_ payload: [UInt8], _ type: any Message.Type) -> Outcome {
        do throws(PayloadError) {
            var reader = ByteReader(Bytes(payload))
            let message = try type.init(payload: &reader)
            var writer = ByteWriter()
            try message.encode(into: &writer)
            return .accepted(again: Array(writer.takeBytes()))
        } catch {
            return .refused(code: "\(error.code)", field: error.field)
        }
    }

    private static func interpreted(_ payload: [UInt8], _ message: MessageSpec, _ spec: CheckedSpec) -> Outcome {
        let (layout, plan) = (spec.layout(of: message), spec.plan)
        do throws(PayloadProblem) {
            let trailing = spec.trailing(of: message)
            let values = try PayloadReader.read(payload, layout, plan, trailing: trailing)
            return .accepted(again: try PayloadWriter.write(values, layout, plan))
        } catch {
            return .refused(code: error.code.rawValue, field: error.field)
        }
    }

    @Test("reads and writes what the spec says, for any values", arguments: subjects)
    func values(_ subject: Subject) async throws {
        let (spec, message, type) = (subject.spec, subject.message, subject.type)
        let layout = spec.layout(of: message)
        var random = RandomValues(spec, seed: message.code.value)
        var accepted = 0
        for round in 0..<Self.cases / 20 {
            // Other tests run on the same few threads.
            if round % 50 == 0 { await Task.yield() }
            let values = random.values(of: layout)
            guard let payload = try? PayloadWriter.write(values, layout, spec.plan) else { continue }
            accepted += 1
            guard Self.generated(payload, type) == .accepted(again: payload) else {
                Issue.record("\(payload.hexadecimal) is \(Self.generated(payload, type))")
                return
            }
        }
        #expect(accepted > Self.cases / 40)
    }

    @Test("accepts and refuses what the spec does, for any bytes, and for the same reason", arguments: subjects)
    func bytes(_ subject: Subject) async throws {
        let (spec, message, type) = (subject.spec, subject.message, subject.type)
        let layout = spec.layout(of: message)
        var random = RandomValues(spec, seed: message.code.value &+ 1000)
        var payload: [UInt8] = []
        for round in 0..<Self.cases {
            // A few payloads are changed in many ways, because making a payload takes longer than
            // reading it.
            if round % 50 == 0 {
                await Task.yield()
                let values = random.values(of: layout)
                payload = (try? PayloadWriter.write(values, layout, spec.plan)) ?? []
            }
            var changed = payload
            for _ in 0..<random.generator.next(below: 3) { random.generator.change(&changed) }
            let expected = Self.interpreted(changed, message, spec)
            let found = Self.generated(changed, type)
            guard found == expected else {
                Issue.record("\(changed.hexadecimal) is \(found), and should be \(expected)")
                return
            }
        }
    }
}
