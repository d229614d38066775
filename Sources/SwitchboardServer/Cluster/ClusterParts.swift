internal import SwitchboardBackplane
internal import SwitchboardRouter

/// The parts of a list of peers over several servers: those of this server, then those of the others.
///
/// An error of one of both does not keep the other one from being listed. One task iterates at a time.
actor ClusterParts {
    private var own: AsyncThrowingStream<Peers.Part, any Error>.Iterator?
    private var others: RemotePeers
    private var ownError: PeersError?
    private var hasEnded = false

    init(own: AsyncThrowingStream<Peers.Part, any Error>, others: RemotePeers) {
        self.own = own.makeAsyncIterator()
        self.others = others
    }

    /// The next part; `nil` after the last one.
    ///
    /// - Throws: A `PeersError` after the last part, when parts are missing.
    func next() async throws -> Peers.Part? {
        if let part = try await nextOwn() { return part }
        if hasEnded { return nil }
        var others = others
        do throws(BackplaneError) {
            if let part = try await others.next() {
                self.others = others
                return part
            }
        } catch {
            hasEnded = true
            throw PeersError(
                missingEventLoops: ownError?.missingEventLoops ?? 0,
                timeout: ownError?.timeout ?? .zero,
                missingServers: others.missingServers,
                engineProblem: "\(error)"
            )
        }
        hasEnded = true
        if let ownError { throw ownError }
        return nil
    }

    private func nextOwn() async throws -> Peers.Part? {
        guard var iterator = own.take() else { return nil }
        do {
            guard let part = try await iterator.next(isolation: #isolation) else { return nil }
            own = iterator
            return part
        } catch let error as PeersError {
            ownError = error
            return nil
        }
    }
}
