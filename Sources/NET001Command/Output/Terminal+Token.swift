import ArgumentParser
import Foundation

extension Terminal {
    /// The token of `user`: from the environment, from a terminal without showing it, or from standard input.
    static func readToken(of user: String) throws -> String {
        if let token = try EnvironmentVariable.value("NET001_TOKEN", as: String.self) { return token }
        let token = isatty(STDIN_FILENO) == 1 ? readSecret(prompt: "Token for \(user): ") : readLine()
        guard let token else { throw ValidationError("No token: standard input ended before its first line did.") }
        return token
    }
}
