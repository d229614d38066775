package import SwitchboardBackplane
package import SwitchboardBytes

/// The text of a peer in the hash of its server: the time in milliseconds, the address and, behind an equals sign, the user.
///
/// `1790000000000 192.0.2.1:5000 =alice`. A peer without a user has no third part. The connection number is the field.
package enum PeerText {
    /// The text of a peer.
    package static func encode(_ peer: ClusterPeer) -> Bytes {
        var text = "\(milliseconds(peer.since)) \(peer.address)"
        if let user = peer.user { text += " =\(user)" }
        return Bytes(utf8: text)
    }

    /// The peer in a field and its text, which any program may have written; `nil` when it is not the text of a peer.
    package static func decode(_ field: Bytes, _ text: Bytes) -> ClusterPeer? {
        guard let field = String(validating: field), let connection = UInt64(field), "\(connection)" == field,
            let text = String(validating: text)
        else { return nil }
        let parts = text.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count >= 2, let since = Int64(parts[0]), !parts[1].isEmpty else { return nil }
        var user: String?
        if parts.count == 3 {
            guard parts[2].first == "=", parts[2].utf8.count <= ClusterPeer.maximumUserBytes + 1 else { return nil }
            user = String(parts[2].dropFirst())
        }
        return ClusterPeer(
            connection: connection,
            user: user,
            address: String(parts[1]),
            since: .milliseconds(since)
        )
    }

    /// The whole milliseconds of a duration.
    package static func milliseconds(_ duration: Duration) -> Int64 {
        let (seconds, attoseconds) = duration.components
        let (whole, overflows) = seconds.multipliedReportingOverflow(by: 1000)
        return overflows ? (seconds < 0 ? .min : .max) : whole &+ attoseconds / 1_000_000_000_000_000
    }
}
