import SwitchboardSpec
import Testing

/// The heartbeat: each mistake, where it is reported, and in which words.
@Suite("Mistakes: the heartbeat")
struct HeartbeatDiagnosticTests {
    private static let types = """
        enums:
          Closed: { type: uint8, closed: true, cases: { on: 1 } }
        """

    private func spec(_ heartbeat: String, _ message: String) -> String {
        """
        protocol: Demo
        frame: { header: [ type: uint8, length: uint8 ] }
        heartbeat: \(heartbeat)
        messages:
          Alive: { code: 1, \(message) }
          Pong: { code: 2, from: server }
        """
    }

    @Test(
        "is a request of clients that is there",
        arguments: [
            (
                "Alive", "from: client",
                "`Alive` cannot be the heartbeat, because it has no `reply`: add one, or name another request"
            ),
            (
                "Pong", "from: client, reply: Pong",
                "`Pong` cannot be the heartbeat, because clients do not send it: give it `from: client`, or name another request"
            ),
            (
                "Alvie", "from: client, reply: Pong",
                "`heartbeat` must name a message, and there is no message `Alvie`; did you mean `Alive`?"
            ),
            ("[ Alive ]", "from: client, reply: Pong", "`heartbeat` must be a name, not a list"),
            (
                "Alive", "from: client, reply: Pong, deprecated: Old",
                "`Alive` cannot be the heartbeat, because it is deprecated: name another request"
            ),
        ]
    )
    func kind(heartbeat: String, message: String, text: String) {
        let lines = report(Array(spec(heartbeat, message).utf8)).split(separator: "\n")
        #expect(lines.first.map(String.init) == "protocol.yaml:3:12: error: \(text)")
        #expect(lines.dropFirst().allSatisfy { $0.contains(": note: ") })
    }

    @Test(
        "needs fields that have a value when nothing is said",
        arguments: ["uint8, min: 1", "Closed", "string, min: 1"]
    )
    func fields(type: String) {
        let message = "from: client, reply: Pong, fields: [ { name: a, type: \(type) } ]"
        let lines = report(Array((spec("Alive", message) + "\n" + Self.types).utf8))
        let problem =
            "`Alive` cannot be the heartbeat: its field `a` has no empty value; give it a `default`"
        #expect(lines.contains("protocol.yaml:3:12: error: \(problem)"))
    }

    @Test("is built of defaults and of what is nothing of a type")
    func values() throws {
        let fields = "fields: [ { name: a, type: uint8, default: 7 }, { name: b, type: string }  ]"
        let read = SpecReader.read(Array(spec("Alive", "from: client, reply: Pong, \(fields)").utf8))
        #expect(read.diagnostics.isEmpty)
        let heartbeat = try #require(read.spec?.heartbeat)
        #expect(heartbeat.message.name.value == "Alive")
        #expect(heartbeat.values == [.number(SpecInteger(magnitude: 7)), .bytes([])])
    }

    @Test("a request that looks like one is pointed out, unless the spec says that there is none")
    func missing() {
        let text = """
            protocol: Demo
            frame: { header: [ type: uint8, length: uint8 ] }
            messages:
              Ping: { code: 1, from: client, reply: Pong }
              Pong: { code: 2, from: server }
            """
        expect(
            in: text,
            "protocol.yaml:4:3: warning: clients send no heartbeat, and `Ping` could be one: add `heartbeat: Ping` "
                + "at the top, or `heartbeat: none`"
        )
        expect(in: text + "\nheartbeat: none", "")
        expect(in: text + "\nheartbeat: Ping", "")
    }

    @Test("of an imported spec is that of the one that imports it, unless that says otherwise")
    func imported() throws {
        let importer = SpecImporter(["NET001"]) { _ in
            SpecImporter.File(path: "NET001.yaml", bytes: BundledSpec.bytes)
        }
        let text = "protocol: Talk\nimports: [ NET001 ]\nmessages: { Say: { code: 0x80, from: client } }\n"
        for (line, own) in [("", nil), ("heartbeat: none\n", nil), ("heartbeat: Echo\n", "Echo")] as [(String, String?)]
        {
            let read = SpecReader.read(Array((text + line).utf8), importer: importer)
            #expect(read.diagnostics.isEmpty)
            let spec = try #require(read.spec)
            #expect(spec.heartbeat?.message.name.value == own)
            #expect(spec.saysHeartbeat == !line.isEmpty)
            #expect(spec.inheritedHeartbeat?.name == "NET001")
        }
    }
}
