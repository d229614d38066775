import Foundation
import Testing

@testable import SwitchboardGenerator

@Suite("The command switchboard-generate")
struct GenerateCommandTests {
    private static let spec = """
        protocol: Demo
        frame: { header: [ type: uint8, length: uint8 ] }
        messages: { Ping: { code: 1, from: client } }
        """

    @Test("it writes the source")
    func writing() throws {
        try inFolder { folder in
            try TextFile.write(Self.spec, to: folder + "spec.yaml")
            try GenerateCommand([folder + "spec.yaml", "--output", folder + "Spec.swift"]).run()
            let source = try TextFile.read(folder + "Spec.swift")
            #expect(source.hasPrefix("// Generated from spec.yaml. Changes belong there: they are lost here.\n"))
            #expect(source.contains("enum Demo: WireProtocol {"))
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == ["Spec.swift", "spec.yaml"]
            )
        }
    }

    @Test("it writes the types, and what only the server sends, to a file of their own when it has one")
    func twoFiles() throws {
        try inFolder { folder in
            let spec = """
                protocol: Demo
                frame: { header: [ type: uint8, length: uint8 ] }
                messages:
                  Ping: { code: 1, from: client, reply: Pong, fields: [ { name: kind, type: Kind } ] }
                  Pong: { code: 2, from: server }
                  News: { code: 3, from: both }
                enums: { Kind: { type: uint8, cases: { a: 1 } } }
                """
            try TextFile.write(spec, to: folder + "spec.yaml")
            let files = ["--output", folder + "Spec.swift", "--replies", folder + "Replies.swift"]
            try GenerateCommand([folder + "spec.yaml"] + files).run()
            let source = try TextFile.read(folder + "Spec.swift")
            let replies = try TextFile.read(folder + "Replies.swift")
            for text in ["enum Demo: WireProtocol {", "struct Ping:", "struct News:", "protocol Service:"] {
                #expect(source.contains(text) && !replies.contains(text))
            }
            for text in ["struct Pong:", "enum Kind:"] {
                #expect(replies.contains(text) && !source.contains(text))
            }
            #expect(replies.contains("\nimport SwitchboardRouter\n\nnonisolated extension Demo {"))
        }
    }

    @Test("it leaves a file alone that would not change, and replaces one that would")
    func unchanged() throws {
        try inFolder { folder in
            try TextFile.write(Self.spec, to: folder + "spec.yaml")
            let command = try GenerateCommand([folder + "spec.yaml", "--output", folder + "Spec.swift"])
            try command.run()
            let first = try fileNumber(of: folder + "Spec.swift")
            try command.run()
            #expect(try fileNumber(of: folder + "Spec.swift") == first)
            try TextFile.write(Self.spec.replacing("Ping", with: "Pong"), to: folder + "spec.yaml")
            try command.run()
            #expect(try TextFile.read(folder + "Spec.swift").contains("struct Pong"))
        }
    }

    @Test("it writes nothing when the spec has mistakes, and says where they are")
    func mistakes() throws {
        try inFolder { folder in
            let path = folder + "spec.yaml"
            try TextFile.write(Self.spec.replacing("client", with: "cleint"), to: path)
            let error = #expect(throws: CommandError.self) {
                try GenerateCommand([path, "--output", folder + "Spec.swift"]).run()
            }
            #expect(
                error?.lines == [
                    "\(path):3:36: error: `from` must be `client`, `server` or `both`, not `cleint`; "
                        + "did you mean `client`?"
                ]
            )
            #expect(error?.status == 1)
            #expect(!FileManager.default.fileExists(atPath: folder + "Spec.swift"))
        }
    }

    @Test("a file that cannot be read or written is one clear line")
    func files() throws {
        try inFolder { folder in
            try TextFile.write(Self.spec, to: folder + "spec.yaml")
            try FileManager.default.createDirectory(atPath: folder + "taken", withIntermediateDirectories: false)
            let calls = [
                (folder + "none.yaml", folder + "a", "cannot read \(folder)none.yaml: No such file or directory"),
                (folder, folder + "a", "cannot read \(folder): Is a directory"),
                (folder + "spec.yaml", folder + "no/a", "cannot write \(folder)no/a: No such file or directory"),
                (folder + "spec.yaml", folder + "taken", "cannot write \(folder)taken: Is a directory"),
            ]
            for (spec, output, line) in calls {
                let error = #expect(throws: CommandError.self) {
                    try GenerateCommand([spec, "--output", output]).run()
                }
                #expect(error?.lines == ["switchboard-generate: error: \(line)"])
                #expect(error?.status == 2)
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == ["spec.yaml", "taken"])
        }
    }

    @Test(
        "a wrong call is told how to call it",
        arguments: [
            [], ["a.yaml"], ["--output", "b"], ["a.yaml", "--output"], ["a.yaml", "b.yaml", "--output", "c"],
            ["a.yaml", "--output", "b", "--output", "c"], ["a.yaml", "--out", "b"], ["", "--output", "b"],
        ]
    )
    func usage(arguments: [String]) {
        let error = #expect(throws: CommandError.self) { try GenerateCommand(arguments) }
        #expect(error?.lines.first?.contains("usage: switchboard-generate SPEC --output FILE") == true)
        #expect(error?.status == 2)
    }

    private func inFolder(_ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "switchboard-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder.path + "/")
    }

    /// A file that is replaced gets another number.
    private func fileNumber(of path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.systemFileNumber] as? Int
    }
}
