/// The names that cases of the error enum may have so that the runtime finds them: the raw values of its `Fault`.
package enum FaultNames {
    /// All of them, in the runtime's order.
    package static let all = [
        "invalidMagic", "unsupportedVersion", "unknownType", "payloadTooLarge", "checksumMismatch",
        "authenticationFailed", "rateLimited", "tooManyConnections", "timeout", "malformedPayload", "shuttingDown",
        "internal",
    ]

    /// The one that stands for every fault that has no case of its own.
    package static let fallback = "internal"
}
