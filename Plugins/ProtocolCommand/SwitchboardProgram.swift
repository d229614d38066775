import Foundation
import PackagePlugin

/// The program `switchboard`, which the plugin becomes.
///
/// It is no tool of the plugin: the package manager would build it before every verb, and once more for a target of its own.
struct SwitchboardProgram {
    private static let name = "switchboard"

    private let path: String

    /// Builds the program, unless it is up to date.
    init(_ packageManager: PackageManager) throws {
        let parameters = PackageManager.BuildParameters(configuration: .inherit, logging: .concise, echoLogs: true)
        let result = try packageManager.build(.product(Self.name), parameters: parameters)
        guard result.succeeded, let program = result.builtArtifacts.first(where: { $0.kind == .executable }) else {
            throw Failure("cannot build the program \(Self.name), which runs this verb")
        }
        path = program.url.path
    }

    /// Replaces the plugin by the program, so that Ctrl-C ends the program, and its status is that of the plugin.
    func become(_ arguments: [String]) throws -> Never {
        // The plugin has no standard input: the first file that the program opens would take its place.
        let null = open("/dev/null", O_RDONLY)
        guard null >= 0, dup2(null, STDIN_FILENO) >= 0 else { throw failure }
        if null != STDIN_FILENO { close(null) }
        // Threads of the plugin block signals, and the program would inherit that.
        var signals = sigset_t()
        sigemptyset(&signals)
        pthread_sigmask(SIG_SETMASK, &signals, nil)
        fflush(nil)
        var words: [UnsafeMutablePointer<CChar>?] = ([path] + arguments).map { strdup($0) }
        words.append(nil)
        execv(path, words)
        throw failure
    }

    private var failure: Failure { Failure("cannot run \(path): \(String(cString: strerror(errno)))") }
}
