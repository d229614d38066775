import Foundation

/// Certificates of the `openssl` command, in a folder that is removed with this object.
package final class Certificates: Sendable {
    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    private let folder: URL

    package init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "certificates-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(at: folder)
    }

    package func path(_ name: String) -> String {
        folder.appending(path: name).path()
    }

    /// Makes `name.pem` and `name.key`: a self-signed certificate.
    package func make(_ name: String, for alternatives: String) async throws {
        let curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
        let files = ["-keyout", path("\(name).key"), "-out", path("\(name).pem")]
        let subject = ["-subj", "/CN=\(name)", "-addext", "subjectAltName=\(alternatives)", "-days", "2"]
        try await openssl(["req", "-x509"] + curve + files + subject)
    }

    /// Makes `name.pem` and `name.key`: a self-signed certificate that is valid between two times, such as
    /// `20260131235959Z`.
    package func make(_ name: String, validFrom start: String, until end: String) async throws {
        let request = path("\(name).csr")
        let curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
        try await openssl(
            ["req", "-new"] + curve
                + ["-keyout", path("\(name).key"), "-out", request, "-subj", "/CN=\(name)"]
        )
        try Data().write(to: URL(filePath: path("index.txt")))
        let settings = """
            [ca]
            default_ca = own
            [own]
            database = \(path("index.txt"))
            new_certs_dir = \(folder.path())
            rand_serial = yes
            unique_subject = no
            default_md = sha256
            policy = names
            [names]
            commonName = supplied

            """
        try Data(settings.utf8).write(to: URL(filePath: path("ca.conf")))
        try await openssl([
            "ca", "-batch", "-selfsign", "-notext", "-config", path("ca.conf"), "-keyfile",
            path("\(name).key"),
            "-in", request, "-out", path("\(name).pem"), "-startdate", start, "-enddate", end,
        ])
    }

    /// Joins the files in `names` to one file.
    package func join(_ names: [String], as name: String) throws {
        let all = try names.map { try Data(contentsOf: URL(filePath: path($0))) }
        try Data(all.joined()).write(to: URL(filePath: path(name)))
    }

    private func openssl(_ arguments: [String]) async throws {
        let end = try await runProgram("openssl", arguments)
        guard end.isSuccess else { throw Failure(description: end.output) }
    }
}
