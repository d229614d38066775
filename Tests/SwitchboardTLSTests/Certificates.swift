import Foundation

/// Certificates made by the `openssl` command, in a folder that goes with them.
final class Certificates: Sendable {
    struct Failure: Error {
        let arguments: [String]
    }

    private let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "certificates-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(at: folder)
    }

    func path(_ name: String) -> String {
        folder.appending(path: name).path()
    }

    /// Makes `name.pem` and `name.key`: a certificate that vouches for itself.
    func make(_ name: String, for alternatives: String) throws {
        let curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
        let files = ["-keyout", path("\(name).key"), "-out", path("\(name).pem")]
        let subject = ["-subj", "/CN=\(name)", "-addext", "subjectAltName=\(alternatives)", "-days", "2"]
        let arguments = ["openssl", "req", "-x509"] + curve + files + subject
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = arguments
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failure(arguments: arguments) }
    }
}
