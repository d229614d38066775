import Switchboard
import SwitchboardCredentials
import Synchronization

/// The token that the actions of the admin endpoint require, from a file.
final class AdminToken: Sendable {
    /// The allowed number of characters.
    ///
    /// A shorter token could be guessed, and a longer one would not fit into a header field with certainty.
    private static let lengths = 16...256

    /// The maximum size of the file in bytes.
    private static let maximumFileBytes = 1024

    /// The result of a check.
    enum Verdict {
        case right
        case wrong
        /// The network of the client has sent too many wrong tokens; the token was not checked.
        case tooManyFailures
    }

    /// The path of the file.
    let path: String

    private let bytes: Mutex<[UInt8]>
    /// Ten wrong tokens at once, and then one every six seconds.
    private let failures = FailureLimiter(burst: 10, interval: .seconds(6))

    /// Reads the file at `path`.
    ///
    /// - Throws: A `CredentialFileError` when others have access to the file, or it has no token.
    init(path: String) throws(CredentialFileError) {
        self.path = path
        bytes = Mutex(Array(try Self.text(at: path).utf8))
    }

    /// Reads the file again.
    ///
    /// - Throws: A `CredentialFileError`; the previous token then remains.
    func reload() throws(CredentialFileError) {
        let new = Array(try Self.text(at: path).utf8)
        bytes.withLock { $0 = new }
    }

    /// Returns the token in the file at `path`.
    ///
    /// - Parameter isForAdministrator: Whether root may read the file of the server's user, as a command does.
    /// - Throws: A `CredentialFileError`, which does not show the text of the file.
    static func text(at path: String, isForAdministrator: Bool = false) throws(CredentialFileError) -> String {
        var text = try PrivateFile.text(
            at: path,
            maximumBytes: maximumFileBytes,
            isForAdministrator: isForAdministrator
        )[...]
        while text.last?.isNewline == true { text.removeLast() }
        guard lengths.contains(text.utf8.count), text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            let form = "\(lengths.lowerBound) to \(lengths.upperBound) characters of printable ASCII, without spaces"
            throw CredentialFileError(path: path, line: nil, reason: "must have one line with a token of \(form)")
        }
        return String(text)
    }

    /// Compares `token` with the token of the file, in a time that does not tell how much of it is right.
    ///
    /// - Parameters:
    ///   - network: The network of the client, which may send a limited number of wrong tokens.
    ///   - isLocal: Whether the client is on this machine: then its right token counts whatever others there have sent, so that they
    ///     cannot lock out the operator.
    func verdict(on token: String, from network: SocketAddress.Network?, isLocal: Bool) -> Verdict {
        if isLocal, isRight(Array(token.utf8)) { return .right }
        guard failures.mayFail(network) else { return .tooManyFailures }
        if !isLocal, isRight(Array(token.utf8)) { return .right }
        failures.countFailure(network)
        return .wrong
    }

    private func isRight(_ given: [UInt8]) -> Bool {
        SecretBytes.areEqual(given, bytes.withLock(\.self))
    }
}
