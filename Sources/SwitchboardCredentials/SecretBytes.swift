/// Bytes that only their owner knows.
package enum SecretBytes {
    /// Compares bytes with a secret, in a time that does not tell how much of them is right.
    package static func areEqual(_ given: [UInt8], _ secret: [UInt8]) -> Bool {
        var difference: UInt8 = secret.count == given.count ? 0 : 1
        for index in secret.indices { difference |= secret[index] ^ (index < given.count ? given[index] : 0) }
        return difference == 0
    }
}
