internal import DequeModule
internal import SwitchboardTransport

extension TestPeer {
    /// The bytes in transit between a peer and the server.
    ///
    /// Use it only while you hold the lock of the test server.
    final class Traffic: @unchecked Sendable {
        private let descriptor: Int32
        private let serverDescriptor: Int32
        var link: Link {
            didSet { departure = nil }
        }
        /// Whether the peer reads what the server sends.
        var isReading = true

        /// The bytes that the peer has sent and that have not arrived at the server.
        private var underWay: Deque<UInt8> = []
        /// The number of bytes that have arrived.
        private var arrivedBytes = 0
        /// The time at which the piece in transit was sent.
        private var departure: UInt64?
        private var endsOutput = false
        private var outputHasEnded = false

        /// The received bytes that do not form a whole frame yet.
        var received: [UInt8] = []
        /// The received messages that the test has not taken.
        var inbox: [ReceivedMessage] = []
        /// The stage of the next frame from the server.
        var stage = 0
        /// The number of the last request, if the header has a correlation.
        var lastNumber: UInt64 = 0
        /// The codes of the replies to the requests, with the numbers of these, if the header has a correlation.
        ///
        /// Only replies without a code need them, and remove them.
        var expectedReplies: [(number: UInt64?, code: MessageCode)] = []
        /// Whether the server has closed the connection, or the peer has.
        private(set) var hasEnded = false
        private var isClosed = false

        /// - Parameters:
        ///   - ends: The peer's end of the connection, which the traffic closes, and the server's end.
        ///   - link: The sizes and delays of the pieces.
        init(_ ends: (outside: Int32, inside: Int32), _ link: Link) {
            (descriptor, serverDescriptor) = ends
            self.link = link
        }

        deinit { close() }

        /// Whether the connection is closed: no event can follow.
        var isOver: Bool { isClosed }

        private var isEmpty: Bool { underWay.isEmpty }

        func send(_ bytes: [UInt8]) {
            if !endsOutput { underWay += bytes }
        }

        /// Ends the peer's side when all sent bytes have arrived.
        func endOutput() { endsOutput = true }

        func close() {
            guard !isClosed else { return }
            isClosed = true
            hasEnded = true
            SocketPair.close(descriptor, seenBy: serverDescriptor)
        }

        /// Closes the connection with a reset.
        func reset() {
            guard !isClosed else { return }
            isClosed = true
            hasEnded = true
            SocketPair.reset(descriptor, seenBy: serverDescriptor)
        }

        // MARK: To the server

        /// The time at which the next piece arrives, on the server's clock; `nil` when none is in transit.
        func nextArrival(after time: UInt64) -> UInt64? {
            guard !isClosed, !link.isStalled, !isEmpty, let departure, departure &+ delay > time else { return nil }
            return departure &+ delay
        }

        private var delay: UInt64 { link.delay.wholeNanoseconds }

        /// Delivers one piece if its time has come; returns whether something has changed.
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

        /// Receives the bytes that the server has sent; returns whether the state has changed.
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
