import Switchboard
import TestSupport
import Testing

@Suite("A fault")
struct FaultTests {
    @Test("of a handler is told without inner detail, unless the handler chose what to tell", arguments: [false, true])
    func handlers(waits: Bool) async throws {
        try await withServer { port in
            try await withClient(port) { client in
                let inner = await #expect(throws: Workshop.Problem.self) {
                    try await client.request(Workshop.Fail(waits: waits, openly: false))
                }
                #expect(inner?.code == .internal)
                #expect(inner?.text.contains("Secret") == false)
                await #expect(throws: Workshop.Problem(code: .outOfPaint, text: "no more blue")) {
                    try await client.request(Workshop.Fail(waits: waits, openly: true))
                }
                let sum = try await client.request(Workshop.Add(left: 2, right: 3))
                #expect(sum.value == 5)
            }
        }
    }

    @Test("is told when a message is larger than it may be, and the connection stays open")
    func tooLarge() async throws {
        try await withServer { port in
            let peer = try await RawPeer(port: port)
            try await peer.send([0x01, 0x10, 0, 0, 0x04, 0x01] + Bytes(repeatElement(0x61, count: 4097)))
            try await peer.send(Bytes([8, 0, 0, 0, 0x01, 0x01, 2, 0, 0, 0, 3, 0, 0, 0]))
            let problem = try await peer.receive(count: 6)
            #expect(problem[4..<6] == [0xFF, 0xFF])
            let text = try await peer.receive(count: Int(problem[0]))
            #expect(text[0..<2] == [3, 0])
            #expect(String(validating: text[2..<text.count]) == "the payload may have at most 4096 bytes")
            #expect(try await peer.receive(count: 10) == [4, 0, 0, 0, 0x02, 0x01, 5, 0, 0, 0])
            peer.close()
        }
    }

    @Test(
        "closes the connection after a payload that does not fit its message if the server has `closesOnMalformedPayload`",
        arguments: [
            // An Add of 7 bytes, a Note of 4,097 bytes, and a Hold of 3 bytes, whose handler is async
            [7, 0, 0, 0, 0x01, 0x01, 2, 0, 0, 0, 3, 0, 0],
            [0x01, 0x10, 0, 0, 0x04, 0x01] + [UInt8](repeating: 0x61, count: 4097),
            [3, 0, 0, 0, 0x03, 0x01, 1, 0, 0],
        ]
    )
    func closes(frame: [UInt8]) async throws {
        for closes in [false, true] {
            try await withServer(.workshop(), { $0.closesOnMalformedPayload = closes }) { port in
                let peer = try await RawPeer(port: port)
                let add: Bytes = [8, 0, 0, 0, 0x01, 0x01, 2, 0, 0, 0, 3, 0, 0, 0]
                try await peer.send(add + Bytes(frame) + add)
                #expect(try await peer.receive(count: 10) == [4, 0, 0, 0, 0x02, 0x01, 5, 0, 0, 0])
                let problem = try await peer.receive(count: 6)
                #expect(problem[4..<6] == [0xFF, 0xFF])
                _ = try await peer.receive(count: Int(problem[0]))
                if closes {
                    #expect(try await peer.receivesEnd())
                } else {
                    #expect(try await peer.receive(count: 10) == [4, 0, 0, 0, 0x02, 0x01, 5, 0, 0, 0])
                }
                peer.close()
            }
        }
    }

    @Test("that has no code of its own is told as an internal one")
    func withoutCode() async throws {
        try await withServer { port in
            let peer = try await RawPeer(port: port)
            // A payload length over the limit of the frame ends the connection.
            try await peer.send([0xFF, 0xFF, 0xFF, 0x7F, 0x01, 0x01])
            let problem = try await peer.receive(count: 6)
            let text = try await peer.receive(count: Int(problem[0]))
            #expect(text[0..<2] == [3, 0])
            #expect(try await peer.receivesEnd())
            peer.close()
        }
    }

    @Test("is told when nobody handles the message")
    func unhandled() async throws {
        try await withServer { port in
            try await withClient(port) { client in
                try await client.send(Workshop.Ignored())
                var incoming = client.incoming.makeAsyncIterator()
                let problem = try await incoming.next() as? Workshop.Problem
                #expect(problem == Workshop.Problem(code: .unknownType, text: "this server has no handler for Ignored"))
            }
        }
    }
}
