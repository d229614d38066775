import Foundation
import Testing

@testable import SwitchboardGenerator

@Suite("Beside source, the tool")
struct ToolTests {
    private static let spec = """
        protocol: Demo
        version: 2
        frame:
          header: [ id: { type: uint16, correlate: true }, kind: uint8, type: uint8, length: uint8 ]
        messages:
          Ping:
            code: 1
            from: client
            reply: Pong
            fields:
              - { name: count, type: uint64 }
              - { name: mood, type: "Mood?" }
              - { name: shapes, type: [Shape], count: uint8 }
            examples:
              - frame: 0007 05 01 0b ffffffffffffffff 00 01 02
                header: { id: 7, kind: 5 }
                fields: { count: 0xFFFFFFFFFFFFFFFF, shapes: [ empty ] }
              - { payload: 0000000000000001 01 09 00, fields: { count: 1, mood: 9, shapes: [] } }
            malformed: [ 00, { frame: "0007", doc: Cut off. } ]
          Pong: { code: 2, from: server }
        enums:
          Mood: { type: uint8, cases: { happy: 1 } }
        unions:
          Shape: { tag: uint8, cases: { empty: 2, circle: { tag: 3, fields: [ { name: radius, type: float32 } ] } } }
        """

    private func inFolder(_ body: (_ folder: String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "ToolTests-\(UUID())/")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try TextFile.write(Self.spec, to: folder.path + "spec.yaml")
        try body(folder.path)
    }

    @Test("exports examples as JSON, with frames and values")
    func vectors() throws {
        try inFolder { folder in
            try Tool.run(["vectors", folder + "spec.yaml", "--output", folder + "vectors.json"])
            let data = try Data(contentsOf: URL(filePath: folder + "vectors.json"))
            let json = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
            #expect(json["protocol"] as? String == "Demo")
            let vectors = try #require(json["vectors"] as? [[String: Any]])
            #expect(
                vectors.map { $0["frame"] as? String } == [
                    "000705010bffffffffffffffff000102", "000000010b0000000000000001010900",
                ]
            )
            #expect(vectors[0]["header"] as? [String: Int] == ["id": 7, "kind": 5])
            let fields = try #require(vectors[0]["fields"] as? [String: Any])
            #expect(fields["count"] as? String == "18446744073709551615")
            #expect(fields["mood"] is NSNull)
            #expect((fields["shapes"] as? [[String: Any]])?.first?.keys.first == "empty")
            let malformed = try #require(json["malformed"] as? [[String: Any]])
            #expect(malformed.map { $0["reason"] as? String } == ["it ends within `count`", "Cut off."])
        }
    }

    @Test("makes a test suite of the examples")
    func tests() throws {
        try inFolder { folder in
            try Tool.run(["tests", folder + "spec.yaml", "--module", "Demos", "--output", folder + "Tests.swift"])
            let source = try TextFile.read(folder + "Tests.swift")
            #expect(source.contains("@testable import Demos"))
            #expect(
                source.contains(
                    "let message = Demo.Ping(count: 18_446_744_073_709_551_615, mood: nil, shapes: [.empty])"
                )
            )
            #expect(source.contains("expectRefusal(of: Demo.Ping.self, payload: payload)"))
            #expect(source.contains("header.set(7 as UInt16, at: 0, .big)"))
            #expect(source.contains("header.set(5 as UInt8, at: 2, .big)"))
            #expect(source.contains("func malformed2OfPing()"))
        }
    }

    @Test("makes a test suite in which no two tests have one name, and types have theirs in full")
    func namesInTests() throws {
        try inFolder { folder in
            let base = """
                protocol: Base
                swift: { access: public }
                frame: { header: [ type: uint8, length: uint8 ] }
                messages: { Other: { code: 9, from: client, fields: [ { name: at, type: Point } ] } }
                structs: { Point: { fields: [ { name: x, type: uint8 } ] } }
                """
            let spec = """
                protocol: Demo
                imports: [ Base ]
                messages:
                  ping: { code: 1, from: client, examples: [ { payload: "" } ] }
                  PING:
                    code: 2
                    from: client
                    fields: [ { name: from, type: Point }, { name: mark, type: Mark?, default: some } ]
                    examples: [ { payload: 03 01 01, fields: { from: { x: 3 } } } ]
                enums: { Mark: { type: uint8, cases: { some: 1 } } }
                """
            try TextFile.write(base, to: folder + "base.yaml")
            try TextFile.write(spec, to: folder + "spec.yaml")
            let options = ["--module", "Demos", "--import", "Base=\(folder)base.yaml"]
            try Tool.run(["tests", folder + "spec.yaml", "--output", folder + "Tests.swift"] + options)
            let source = try TextFile.read(folder + "Tests.swift")
            #expect(source.contains("import Base\n"))
            #expect(source.contains("func example1Ofping()"))
            #expect(source.contains("func example1OfPING()"))
            #expect(source.contains("let message = Demo.PING(from: Base.Point(x: 3), mark: Demo.Mark.some)"))
        }
    }

    @Test("takes only names of modules for tests, and quotes those that are keywords")
    func moduleNames() throws {
        try inFolder { folder in
            for (name, line) in [
                ("my_chat", "import my_chat"), ("__0x", "import __0x"), ("default", "import `default`"),
            ] {
                let call = ["tests", folder + "spec.yaml", "--module", name, "--output", folder + "Tests.swift"]
                try Tool.run(call)
                #expect(try TextFile.read(folder + "Tests.swift").contains("@testable \(line)\n"))
            }
            for name in ["my-chat", "2x", "a.b", "", "a b"] {
                let call = ["tests", folder + "spec.yaml", "--module", name, "--output", folder + "a"]
                let error = #expect(throws: CommandError.self) { try Tool.run(call) }
                #expect(error?.lines().first?.contains("is not the name of a module") == true)
            }
        }
    }

    @Test("lays specs out in place")
    func format() throws {
        try inFolder { folder in
            try TextFile.write(Self.spec.replacing("version: 2", with: "version:   2"), to: folder + "spec.yaml")
            try Tool.run(["format", folder + "spec.yaml"])
            #expect(try TextFile.read(folder + "spec.yaml") == Self.spec + "\n")
        }
    }

    @Test("checks specs, and tells of mistakes")
    func check() throws {
        try inFolder { folder in
            try Tool.run(["check", folder + "spec.yaml"])
            try TextFile.write(Self.spec.replacing("uint64", with: "unit64"), to: folder + "spec.yaml")
            let error = #expect(throws: CommandError.self) { try Tool.run(["check", folder + "spec.yaml"]) }
            #expect(error?.lines().count == 1)
        }
    }

    @Test("says how each command is called", arguments: ["check", "format", "tests", "vectors"])
    func help(command: String) {
        let error = #expect(throws: CommandError.self) { try Tool.run([command, "--help"]) }
        #expect(error?.status == 0)
        #expect(error?.lines().first?.contains("usage: switchboard-generate \(command) SPEC") == true)
    }
}
