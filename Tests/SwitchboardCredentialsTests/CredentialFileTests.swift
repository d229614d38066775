import Foundation
import SwitchboardCredentials
import Testing

@Suite("A file of credentials")
struct CredentialFileTests {
    /// A file that is removed with this object.
    private final class TemporaryFile {
        let path = FileManager.default.temporaryDirectory.appending(path: "credentials-\(UUID().uuidString)").path()

        init(_ text: String, mode: Int = 0o600) throws {
            try write(text, mode: mode)
        }

        func write(_ text: String, mode: Int = 0o600) throws {
            try Data(text.utf8).write(to: URL(filePath: path))
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
        }

        deinit {
            try? FileManager.default.removeItem(atPath: path)
        }
    }

    /// The hash of `tr0ub4dor` by crypt(3), with a low cost.
    private let hash =
        "$5$rounds=1000$saltsalt$" + "ctz/VftM4WAASbKJE79km4w56Ez1w5VBDLW15jRFmqA"

    private func refusal(_ text: String, mode: Int = 0o600) throws -> CredentialFileError? {
        let file = try TemporaryFile(text, mode: mode)
        do {
            _ = try CredentialFile(path: file.path)
            return nil
        } catch {
            return error
        }
    }

    @Test("is what its own lines make it")
    func lines() throws {
        let alice = try #require(CredentialFile.line(user: "alice", token: "s3cret"))
        let bob = try #require(CredentialFile.line(user: "bob", token: "s3cret"))
        #expect(alice.hasPrefix("alice:$y$"))
        #expect(alice.dropFirst(6) != bob.dropFirst(4), "the salts differ")
        let file = try TemporaryFile("# members\n\n\(alice)\n\(bob)\n")
        #expect(try CredentialFile(path: file.path).userCount == 2)
    }

    @Test("is read as it was written by others, with a byte order mark and the ends of lines of other systems")
    func foreign() throws {
        let file = try TemporaryFile("\u{FEFF}alice:\(hash)\r\nbob:\(hash)\r\n")
        #expect(try CredentialFile(path: file.path).userCount == 2)
    }

    @Test("says in which line what is wrong, and never what the line says")
    func mistakes() throws {
        #expect(try refusal("alice:\(hash)\nbob\n")?.line == 2)
        #expect(try refusal("alice:\(hash)\nalice:\(hash)\n")?.line == 2)
        let plain = try refusal("alice:hunter2\n")
        #expect(plain?.line == 1)
        #expect(plain?.description.contains("hunter2") == false)
        #expect(try refusal("alice:\(hash.dropLast(3))")?.line == 1)
        #expect(try refusal(String(repeating: "u", count: 256) + ":\(hash)")?.line == 1)
        #expect(try refusal(String(repeating: "#", count: 2000))?.line == 1)
        #expect(try refusal("")?.line == nil)
    }

    @Test("has limits")
    func limits() throws {
        let users = (0...10_000).map { "user\($0):\(hash)" }.joined(separator: "\n")
        #expect(try refusal(users)?.line == 10_001)
        #expect(try refusal(String(repeating: "# nothing\n", count: 500_000))?.reason.contains("bytes") == true)
    }

    @Test("may be read by a group of this process", arguments: [0o640, 0o440, 0o400])
    func groups(mode: Int) throws {
        #expect(try refusal("alice:\(hash)", mode: mode) == nil)
    }

    @Test("must be hidden from all others", arguments: [0o644, 0o620, 0o601])
    func permissions(mode: Int) throws {
        #expect(try refusal("alice:\(hash)", mode: mode)?.reason.contains("chmod 600") == true)
    }

    @Test("is no folder and must be there")
    func places() {
        #expect(throws: CredentialFileError.self) { try CredentialFile(path: "/tmp") }
        #expect(throws: CredentialFileError.self) { try CredentialFile(path: "/nowhere/at/all") }
    }

    @Test("keeps what it had when what is read again is bad")
    func reload() throws {
        let file = try TemporaryFile("alice:\(hash)\nbob:\(hash)")
        let credentials = try CredentialFile(path: file.path)
        try file.write("nonsense")
        #expect(throws: CredentialFileError.self) { try credentials.reload() }
        #expect(credentials.userCount == 2)
        try file.write("alice:\(hash)")
        try credentials.reload()
        #expect(credentials.userCount == 1)
    }
}
