/// Why TLS cannot be spoken: a bad file, or a program that was built without it.
public struct TLSError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong, in one line.
    public let description: String

    init(_ description: String) {
        self.description = description
    }

    /// This program was built without TLS.
    static let notBuilt = TLSError(
        "this program was built without TLS: build it with `swift build --traits TLS`, or, in a package of your own, "
            + "depend on Switchboard with `traits: [\"TLS\"]`"
    )
}
