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

    @Test("it writes each message and type that is to be separate to a file of its own")
    func separateFiles() throws {
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
            let arguments = [folder + "spec.yaml", "--output", folder + "Demo.swift"]
            try GenerateCommand(arguments).run()
            let whole = try TextFile.read(folder + "Demo.swift")
            let names = ["Ping", "Kind", "Old"]
            try GenerateCommand(arguments + names.flatMap { ["--separate", "\($0)=\(folder)\($0).swift"] }).run()
            let main = try TextFile.read(folder + "Demo.swift")
            let (ping, kind) = (try TextFile.read(folder + "Ping.swift"), try TextFile.read(folder + "Kind.swift"))
            for text in ["enum Demo: WireProtocol {", "struct Pong:", "struct News:", "protocol Service:"] {
                #expect(main.contains(text) && !ping.contains(text) && !kind.contains(text))
            }
            for text in ["struct Ping:", "protocol PingHandler:"] {
                #expect(ping.contains(text) && !main.contains(text) && !kind.contains(text))
            }
            #expect(kind.contains("enum Kind:") && !main.contains("enum Kind:") && !ping.contains("enum Kind:"))
            let head = "// Generated from spec.yaml. Edit that file: the next build overwrites this one.\n"
            #expect(ping.hasPrefix(head + "\nimport SwitchboardRouter\n\nnonisolated extension Demo {"))
            #expect(kind.hasPrefix(head + "\nnonisolated extension Demo {"))
            // Nothing is lost, and nothing is in two files.
            func lines(_ sources: String...) -> [Substring] {
                sources.flatMap { $0.split(separator: "\n").filter { !$0.hasPrefix("//") && !$0.hasPrefix("import ") } }
                    .sorted()
            }
            #expect(lines(main, ping, kind) == lines(whole))
            #expect(try TextFile.read(folder + "Old.swift") == "// spec.yaml has no message or type `Old`.\n")
        }
    }

    @Test("a change to one message leaves the files of the others alone")
    func changeOfOneMessage() throws {
        try inFolder { folder in
            let spec = Self.spec.replacing("messages: { ", with: "messages: { Pong: { code: 2, from: server }, ")
            let names = ["Ping", "Pong"]
            let options = names.flatMap { ["--separate", "\($0)=\(folder)\($0).swift"] }
            func generate(_ spec: String) throws -> [Int?] {
                try TextFile.write(spec, to: folder + "spec.yaml")
                try GenerateCommand([folder + "spec.yaml", "--output", folder + "Demo.swift"] + options).run()
                return try ["Demo", "Ping", "Pong"].map { try fileNumber(of: folder + $0 + ".swift") }
            }
            let before = try generate(spec)
            let field = "code: 1, fields: [ { name: at, type: uint8 } ]"
            let after = try generate(spec.replacing("code: 1", with: field))
            #expect(try TextFile.read(folder + "Ping.swift").contains("var at: UInt8"))
            #expect(zip(before, after).map { $0 == $1 } == [false, false, true])
        }
    }

    @Test("a file has a public import of the module of another spec only if it uses one of its types")
    func importsOfSeparateFiles() throws {
        try inFolder { folder in
            let base = """
                protocol: Base
                swift: { access: public }
                frame: { header: [ type: uint8, length: uint8 ] }
                messages: { Other: { code: 9, from: client } }
                enums: { Kind: { type: uint8, cases: { a: 1 } } }
                """
            let spec = """
                protocol: Demo
                swift: { access: public }
                imports: [ Base ]
                messages:
                  Ping: { code: 1, doc: As Base.Other., from: client }
                  Pong: { code: 2, from: server, fields: [ { name: kinds, type: [Kind], count: uint8 } ] }
                """
            try TextFile.write(base, to: folder + "base.yaml")
            try TextFile.write(spec, to: folder + "spec.yaml")
            let options = ["Ping", "Pong"].flatMap { ["--separate", "\($0)=\(folder)\($0).swift"] }
            try GenerateCommand(
                [folder + "spec.yaml", "--output", folder + "Demo.swift", "--import", "Base=\(folder)base.yaml"]
                    + options
            ).run()
            let imports = try ["Demo", "Ping", "Pong"].map { name in
                let lines = try TextFile.read(folder + name + ".swift").split(separator: "\n")
                return lines.filter { $0.hasSuffix("import Base") }
            }
            #expect(imports == [["internal import Base"], ["internal import Base"], ["public import Base"]])
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
            ["a.yaml", "--output", "b", "--separate"], ["a.yaml", "--output", "b", "--separate", "c"],
            ["a.yaml", "--output", "b", "--separate", "Ping=c", "--separate", "Ping=d"],
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
                    [spec, "--output", path], [spec, "--output", folder + "a", "--separate", "Ping=\(path)"],
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
                let call = [spec, "--output", folder + "a", "--separate", "Ping=\(folder)\(name)"]
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
                for name in ["a", "./a", "link"] {
                    let error = #expect(throws: CommandError.self) {
                        try Tool.run(
                            [folder + "spec.yaml", "--output", folder + "a", "--separate", "Ping=\(folder)\(name)"]
                        )
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
