internal import DequeModule
internal import SwitchboardTransport

extension TestPeer {
    /// What is on its way between a peer and the server.
    ///
    /// Used under the server's lock.
    final class Traffic: @unchecked Sendable {
        private let descriptor: Int32
        private let serverDescriptor: Int32
        var link: Link {
            didSet { departure = nil }
        }
        /// Whether the peer takes what the server sends.
        var isReading = true

        /// What was sent and has not arrived.
        private var underWay: Deque<UInt8> = []
        /// How many bytes have arrived.
        private var arrivedBytes = 0
        /// When the piece that is on its way left.
        private var departure: UInt64?
        private var endsOutput = false
        private var outputHasEnded = false

        /// What has come from the server and is no whole frame yet.
        var received: [UInt8] = []
        /// The messages that have come and were not taken.
        var inbox: [ReceivedMessage] = []
        /// The number of the last request, where requests have one.
        var lastNumber: UInt64 = 0
        /// Whether the server has closed the connection, or the peer has.
        private(set) var hasEnded = false
        private var isClosed = false

        /// - Parameters:
        ///   - ends: The peer's end of the connection, which is closed with this, and the server's.
        ///   - link: How bytes travel from the one to the other.
        init(_ ends: (outside: Int32, inside: Int32), _ link: Link) {
            (descriptor, serverDescriptor) = ends
            self.link = link
        }

        deinit { close() }

        /// Whether nothing can happen any more.
        var isOver: Bool { isClosed }

        private var isEmpty: Bool { underWay.isEmpty }

        func send(_ bytes: [UInt8]) {
            if !endsOutput { underWay += bytes }
        }

        /// Ends what the peer sends, once all of it has arrived.
        func endOutput() { endsOutput = true }

        func close() {
            guard !isClosed else { return }
            isClosed = true
            hasEnded = true
            SocketPair.close(descriptor)
        }

        /// Closes so that the server sees a reset.
        func reset() {
            guard !isClosed else { return }
            isClosed = true
            hasEnded = true
            SocketPair.reset(descriptor, serverDescriptor)
        }

        // MARK: To the server

        /// When the next piece arrives, on the server's clock; `nil` when none is on its way.
        func nextArrival(after time: UInt64) -> UInt64? {
            guard !isClosed, !link.isStalled, !isEmpty, let departure, departure &+ delay > time else { return nil }
            return departure &+ delay
        }

        private var delay: UInt64 { link.delay.wholeNanoseconds }

        /// Lets one piece arrive, if it is time; returns whether something has happened.
        func deliver(at time: UInt64) -> Bool {
            guard !isClosed, !link.isStalled else { return false }
            guard !isEmpty else { return deliverEnd() }
            let departure = departure ?? time
            self.departure = departure
            guard departure &+ delay <= time else { return false }
            var piece = Array(underWay.prefix(max(link.pieceSize, 1)))
            if let limit = link.breaksAfter { piece = Array(piece.prefix(max(limit - arrivedBytes, 0))) }
            for index in piece.indices where link.corruptedPositions.contains(arrivedBytes + index) {
                piece[index] = ~piece[index]
            }
            let count = piece.isEmpty ? 0 : SocketPair.send(piece, to: descriptor)
            underWay.removeFirst(count)
            arrivedBytes += count
            if count > 0 { self.departure = nil }
            if let limit = link.breaksAfter, arrivedBytes >= limit { reset() }
            return count > 0 || isClosed
        }

        private func deliverEnd() -> Bool {
            guard endsOutput, !outputHasEnded else { return false }
            outputHasEnded = true
            SocketPair.endOutput(descriptor)
            return true
        }

        // MARK: From the server

        /// Takes what the server has sent; returns whether there was something.
        func receive() -> Bool {
            guard isReading, !hasEnded else { return false }
            switch SocketPair.receive(from: descriptor, into: &received) {
            case .bytes: return true
            case .nothing: return false
            case .end:
                hasEnded = true
                return true
            }
        }
    }
}
