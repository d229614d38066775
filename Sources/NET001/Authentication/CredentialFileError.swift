/// What is wrong with a file of credentials.
public struct CredentialFileError: Error, Hashable, CustomStringConvertible {
    /// The path of the file.
    public let path: String

    /// The number of the line, from 1 on, where the mistake is in one.
    public let line: Int?

    /// What is wrong, without what the line says: it might be a token.
    public let reason: String

    /// The place and what is wrong, in one line.
    public var description: String {
        "\(path)\(line.map { ":\($0)" } ?? ""): \(reason)"
    }
}
