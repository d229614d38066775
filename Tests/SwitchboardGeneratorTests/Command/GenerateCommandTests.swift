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
            #expect(
                source.hasPrefix("// Generated from spec.yaml. Edit that file: the next build overwrites this one.\n")
            )
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
                error?.lines() == [
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
                (
                    folder + "spec.yaml", folder + "taken",
                    "cannot write \(folder)taken: it is a directory; name a regular file, or one that does not exist yet"
                ),
            ]
            for (spec, output, line) in calls {
                let error = #expect(throws: CommandError.self) {
                    try GenerateCommand([spec, "--output", output]).run()
                }
                #expect(error?.lines() == ["switchboard-generate: error: \(line)"])
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
        #expect(error?.lines().first?.contains("usage: switchboard-generate SPEC --output FILE") == true)
        #expect(error?.status == 2)
    }

    @Test("it writes only regular files, and leaves everything else as it is")
    func irregularFiles() throws {
        try inFolder { folder in
            try TextFile.write(Self.spec, to: folder + "spec.yaml")
            #expect(unsafe mkfifo(folder + "fifo", 0o600) == 0)
            let kinds = [("/dev/full", "a device"), ("/dev/null", "a device"), (folder + "fifo", "a FIFO")]
            for (path, kind) in kinds {
                let spec = folder + "spec.yaml"
                let calls = [
                    [spec, "--output", path], [spec, "--output", folder + "a", "--replies", path],
                    ["vectors", spec, "--output", path], ["tests", spec, "--module", "Demo", "--output", path],
                    ["format", path],
                ]
                for call in calls {
                    let error = #expect(throws: CommandError.self) { try Tool.run(call) }
                    #expect(error?.lines().first?.contains("cannot write \(path): it is \(kind)") == true)
                }
                #expect(!FileManager.default.fileExists(atPath: folder + "a"))
                #expect(
                    try FileManager.default.attributesOfItem(atPath: path)[.type] as? FileAttributeType != .typeRegular
                )
            }
        }
    }

    @Test("it never overwrites an input, by whatever path or link the output is named")
    func inputs() throws {
        try inFolder { folder in
            let spec = folder + "spec.yaml"
            try TextFile.write(Self.spec, to: spec)
            try TextFile.write(Self.spec.replacing("Demo", with: "Base"), to: folder + "base.yaml")
            let files = FileManager.default
            try files.linkItem(atPath: spec, toPath: folder + "hard.yaml")
            try files.createSymbolicLink(atPath: folder + "soft.yaml", withDestinationPath: "spec.yaml")
            for name in ["spec.yaml", "./spec.yaml", "hard.yaml", "soft.yaml", "base.yaml"] {
                let options = ["--import", "Base=\(folder)base.yaml", "--output", folder + name]
                for call in [
                    [spec] + options, ["vectors", spec] + options, ["tests", spec, "--module", "D"] + options,
                ] {
                    let error = #expect(throws: CommandError.self) { try Tool.run(call) }
                    #expect(error?.lines().first?.contains("it is the same file as the input") == true)
                }
                let call = [spec, "--output", folder + "a", "--replies", folder + name]
                if name != "base.yaml" { #expect(throws: CommandError.self) { try Tool.run(call) } }
            }
            #expect(try TextFile.read(spec) == Self.spec)
            #expect(!files.fileExists(atPath: folder + "a"))
        }
    }

    @Test("it refuses one file for both outputs, there or not")
    func sameOutputs() throws {
        try inFolder { folder in
            try TextFile.write(Self.spec, to: folder + "spec.yaml")
            try FileManager.default.createSymbolicLink(atPath: folder + "link", withDestinationPath: "a")
            for isThere in [false, true] {
                if isThere { try TextFile.write("old", to: folder + "a") }
                for replies in ["a", "./a", "link"] {
                    let error = #expect(throws: CommandError.self) {
                        try Tool.run([folder + "spec.yaml", "--output", folder + "a", "--replies", folder + replies])
                    }
                    #expect(error?.lines().first?.contains("it is the same file as the output") == true)
                }
            }
            #expect(try TextFile.read(folder + "a") == "old")
        }
    }

    @Test("it writes through symbolic links, and keeps the mode of a file", arguments: [0o600, 0o664, 0o755])
    func attributes(mode: Int) throws {
        try inFolder { folder in
            let files = FileManager.default
            let spec = folder + "spec.yaml"
            try TextFile.write(Self.spec.replacing("protocol: ", with: "protocol:   "), to: folder + "real.yaml")
            try files.setAttributes([.posixPermissions: mode], ofItemAtPath: folder + "real.yaml")
            try files.createSymbolicLink(atPath: spec, withDestinationPath: "real.yaml")
            try files.createSymbolicLink(atPath: folder + "Link.swift", withDestinationPath: "Spec.swift")
            try Tool.run(["format", spec])
            #expect(try files.destinationOfSymbolicLink(atPath: spec) == "real.yaml")
            #expect(try TextFile.read(folder + "real.yaml").hasPrefix("protocol: Demo\n"))
            #expect(try files.attributesOfItem(atPath: folder + "real.yaml")[.posixPermissions] as? Int == mode)
            try Tool.run([spec, "--output", folder + "Link.swift"])
            #expect(try files.destinationOfSymbolicLink(atPath: folder + "Link.swift") == "Spec.swift")
            #expect(
                try files.contentsOfDirectory(atPath: folder).sorted()
                    == ["Link.swift", "Spec.swift", "real.yaml", "spec.yaml"]
            )
        }
    }

    private func inFolder(_ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "switchboard-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder.path + "/")
    }

    /// Returns the inode number of a file; a replaced file has another one.
    private func fileNumber(of path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.systemFileNumber] as? Int
    }
}
