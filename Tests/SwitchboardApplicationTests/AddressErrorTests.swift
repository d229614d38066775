import ArgumentParser
import Foundation
import NET001
import Switchboard
import SwitchboardApplication
import TestSupport
import Testing

@Suite("Addresses that a server cannot have", .timeLimit(.minutes(Patience.minutes)))
struct AddressErrorTests {
    @Test("include the path of a file that is not a socket, or of a directory: the error says so, and the file stays")
    func pathsOfOtherFiles() async {
        await #expect(processExitsWith: .success) {
            let folder = FileManager.default.temporaryDirectory.appending(path: "paths-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(at: folder) }
            let file = folder.appending(path: "precious")
            try Data("precious".utf8).write(to: file)
            for (path, what) in [(file.path(), "a file that is not a socket"), (folder.path(), "a directory")] {
                let server = try await refusal("--unix-socket", path, "--no-metrics")
                #expect(
                    server == "cannot listen on unix \(path): the path is \(what) (choose another --unix-socket)"
                )
                let metrics = try await refusal("--port", "0", "--metrics-socket", path)
                let advice = "choose another --metrics-socket, or --no-metrics"
                #expect(metrics == "cannot serve metrics on unix \(path): the path is \(what) (\(advice))")
            }
            let content = try Data(contentsOf: file)
            #expect(content == Data("precious".utf8))
        }
    }

    @Test("include a port that leaves none for metrics, unless these have an address or are disabled")
    func portsWithoutMetricsPort() async {
        await #expect(processExitsWith: .success) {
            // A server cannot listen on this address: no application serves.
            let host = "192.0.2.1"
            let problem = "is too high for the metrics port, which is port + 1000 by default: set --metrics-port"
            for port in ["64536", "65535"] {
                let line = try await refusal("--host", host, "--port", port)
                #expect(line.hasPrefix("--port \"\(port)\" \(problem)"))
                #expect(line.contains("--no-metrics"))
            }
            let others = [
                ["--port", "0"], ["--port", "64535"], ["--port", "65535", "--no-metrics"],
                ["--port", "65535", "--metrics-port", "0"],
                ["--port", "65535", "--metrics-socket", "/nowhere/metrics.socket"],
            ]
            for options in others {
                let line = try await refusal(["--host", host] + options)
                #expect(!line.contains(problem))
            }
        }
    }
}

/// Returns the error with which an application with these options does not serve.
private func refusal(_ arguments: String...) async throws -> String {
    try await refusal(arguments)
}

private func refusal(_ arguments: [String]) async throws -> String {
    let application = try ServerApplication("test", ServerOptions.parse(arguments))
    let error = await #expect(throws: (any Error).self) { try await application.run(Router(NET001.self)) }
    return "\(try #require(error))"
}
