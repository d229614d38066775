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
    var isAudience: Bool { isEntitled(to: .asConfigured) }

    @inline(never)
    func refuseUnauthenticated() {
        answer(.authenticationFailed, "say who you are first")
    }

    /// Whether a frame of `size` bytes, of which a part has come, may be received as a whole.
    ///
    /// Otherwise the peer is told so, and closed.
    func mayComplete(frameOf size: Int) -> Bool {
        let limit = core.configuration.maximumUnauthenticatedPayload
        let (largest, overflows) = limit.addingReportingOverflow(core.frameFormat.overhead)
        if session.isAuthenticated || overflows || size <= largest { return true }
        fail(.authenticationFailed, "before you have said who you are, a payload may have \(limit) bytes")
        return false
    }
}
