internal import SwitchboardRouter

// What a peer may do that has not said who it is.

extension ServerConnection {
    /// Whether the peer has done what a message with `requirement` needs.
    @inline(__always)
    func isEntitled(to requirement: Requirement) -> Bool {
        switch requirement {
        case .nothing: true
        case .asConfigured: !core.requiresAuthentication || session.isAuthenticated
        case .authenticated: session.isAuthenticated
        }
    }

    /// Whether others' broadcasts go to this peer.
    var isAudience: Bool { state.isOpen && isEntitled(to: .asConfigured) }

    @inline(never)
    func refuseUnauthenticated(_ header: HeaderBytes) {
        answer(.authenticationFailed, "say who you are first", header: header)
    }

    /// Whether a payload of `size` bytes may be received, whether or not all of it has come.
    ///
    /// Otherwise the peer is told so, and closed.
    func mayReceive(payloadOf size: Int) -> Bool {
        let limit = core.configuration.maximumUnauthenticatedPayload
        if size <= limit || session.isAuthenticated { return true }
        fail(.authenticationFailed, "before you have said who you are, a payload may have \(limit) bytes")
        return false
    }
}
