import Switchboard
import TestSupport
import Testing

@Suite("Extra header fields")
struct HeaderTests {
    @Test("are known to the handler, and the reply has those of its request")
    func echoed() async throws {
        try await withServer(.longHeader()) { port in
            let peer = try await RawPeer(port: port)
            let header = HeaderBytes.longHeader(7, sender: 0x0102, flags: 0xA5)
            try await peer.send(LongHeaderProtocol.Work(number: 1), header)
            #expect(try await peer.receive() == LongHeaderFrame(LongHeaderProtocol.Result(number: 0x0104), header))
            peer.close()
        }
    }

    @Test("are in the reply of a handler that has waited, too")
    func echoedLater() async throws {
        let held = HeldRequests()
        try await withServer(.longHeader(held)) { port in
            let peer = try await RawPeer(port: port)
            let header = HeaderBytes.longHeader(7, sender: 9, flags: 8)
            try await peer.send(LongHeaderProtocol.Pause(number: 1), header)
            await held.events(1)
            await held.release(1)
            #expect(try await peer.receive() == LongHeaderFrame(LongHeaderProtocol.Result(number: 1), header))
            peer.close()
        }
    }

    @Test("are in the error that answers a message, and zeros in what answers none")
    func errors() async throws {
        try await withServer(.longHeader()) { port in
            let peer = try await RawPeer(port: port)
            let header = HeaderBytes.longHeader(7, sender: 9, flags: 8)
            try await peer.send(LongHeaderProtocol.Work(number: 13), header)
            #expect(try await peer.receive() == LongHeaderFrame(LongHeaderProtocol.Failure(number: 1300), header))

            let encoder = FrameEncoder(LongHeaderProtocol.frameFormat)
            try await peer.send(encoder.encode(Unknown(number: 0), header: header))
            #expect(
                try await peer.receive()
                    == LongHeaderFrame(LongHeaderProtocol.Failure(.unknownType, detail: ""), header)
            )

            var damaged = Array(try encoder.encode(LongHeaderProtocol.Work(number: 1), header: header))
            damaged[damaged.count - 3] ^= 1
            try await peer.send(Bytes(damaged))
            let mismatch = LongHeaderFrame(LongHeaderProtocol.Failure(.checksumMismatch, detail: ""), HeaderBytes())
            #expect(try await peer.receive() == mismatch)

            damaged[6] = 3
            try await peer.send(Bytes(damaged))
            let malformed = LongHeaderFrame(LongHeaderProtocol.Failure(.malformedPayload, detail: ""), HeaderBytes())
            #expect(try await peer.receive() == malformed)
            #expect(try await peer.receivesEnd())
            peer.close()
        }
    }

    private struct Unknown: NumberMessage {
        static var code: MessageCode { 77 }
        static var name: String { "Unknown" }
        static var sender: Sender { .client }
        var number: UInt32
    }

    @Test("are zeros in what a handler sends beside the reply, unless it says them")
    func sent() async throws {
        try await withServer(.longHeader()) { port in
            let peer = try await RawPeer(port: port)
            try await peer.send(LongHeaderProtocol.Done(number: 4), .longHeader(0, sender: 1, flags: 2))
            #expect(try await peer.receive() == LongHeaderFrame(LongHeaderProtocol.Alarm(number: 4), HeaderBytes()))
            #expect(
                try await peer.receive()
                    == LongHeaderFrame(LongHeaderProtocol.Alarm(number: 4), .longHeader(0, sender: 5, flags: 6))
            )
            peer.close()
        }
    }
}
