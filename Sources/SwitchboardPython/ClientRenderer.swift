internal import SwitchboardSpec

/// Writes client.py, the client with a method for each message, and __init__.py.
struct ClientRenderer {
    private let spec: CheckedSpec

    init(_ spec: CheckedSpec, _ names: PythonNames) {
        self.spec = spec
    }

    private var hasHeader: Bool { !spec.layout(of: spec.frame).settableItems.isEmpty }

    /// The messages that a client sends, apart from errors.
    private var sent: [MessageSpec] { spec.allMessages.filter { spec.isHandled($0) } }

    /// Returns client.py.
    func source(_ head: Head) -> String {
        var classes = Set(sent.map { PythonNames.type($0.name.value) })
        classes.formUnion(sent.compactMap { $0.reply.map { PythonNames.type($0.value) } })
        if hasHeader, !sent.isEmpty { classes.insert("Header") }
        let imports = classes.isEmpty ? [] : list("from .messages import ", ordered(Array(classes)))
        return head.module("A client of \(spec.name), with a method for each message that clients send.") + """

            from __future__ import annotations

            import ssl as tls

            from ._connection import Connection, open_streams
            \(imports.map { $0 + "\n" }.joined())

            class Client(Connection):
            \(Docstring("An open connection to a server of \(spec.name).").lines(4).joined(separator: "\n"))
            \(sent.map { method($0).map { $0 + "\n" }.joined() }.joined())

            async def connect(
                host: str,
                port: int,
                *,
                ssl: tls.SSLContext | bool | None = None,
                connect_timeout: float = 10,
                request_timeout: float = 30,
                heartbeat_interval: float = 30,
            ) -> Client:
                \"\"\"Connects to a server; `ssl` is that of `asyncio.open_connection`.

                Times are in seconds. The client sends heartbeats after `heartbeat_interval`
                without output, if the protocol has one; 0 disables them. Raises `OSError` if no
                connection is possible, and `asyncio.TimeoutError` after `connect_timeout`.
                \"\"\"
                reader, writer = await open_streams(host, port, ssl, connect_timeout)
                return Client(
                    reader,
                    writer,
                    request_timeout=request_timeout,
                    heartbeat_interval=heartbeat_interval,
                )

            """
    }

    private func method(_ message: MessageSpec) -> [String] {
        let type = PythonNames.type(message.name.value)
        var parameters: [Expression] = [.text("self"), .text("message: \(type)")]
        var arguments: [Expression] = [.text("message")]
        if hasHeader || message.reply != nil { parameters.append(.text("*")) }
        if hasHeader {
            parameters.append(.text("header: Header | None = None"))
            arguments.append(.argument("header", "header"))
        }
        let reply = message.reply.map { PythonNames.type($0.value) }
        if reply != nil {
            parameters.append(.text("timeout: float | None = None"))
            arguments.append(.argument("timeout", "timeout"))
        }
        let summary = message.doc ?? "Sends \(message.name.value)."
        let outcome =
            reply.map { "Sends `\(type)` and returns its reply, `\($0)`." } ?? "Sends `\(type)`, which has no reply."
        let head = Expression.call("async def \(PythonNames.method(message.name.value))", parameters)
        var lines = [""] + head.lines(4, suffix: " -> \(reply ?? "None"):") + Docstring(summary, outcome).lines(8)
        if let reply {
            lines += Expression.call("await self.request", arguments).lines(8, prefix: "reply: \(reply) = ")
            lines.append("        return reply")
        } else {
            lines += Expression.call("await self.send", arguments).lines(8)
        }
        return lines
    }

    // MARK: __init__.py

    /// Returns __init__.py.
    func initSource(_ head: Head) -> String {
        var classes = spec.allMessages.map { PythonNames.type($0.name.value) }
        for type in spec.allTypes {
            classes.append(PythonNames.type(type.name.value))
            if case .union(let type) = type {
                classes += type.cases.map { PythonNames.type(type, $0.name.value) }
                if type.keepsUnknown { classes.append(PythonNames.type(type, UnionSpec.unknownCase)) }
            }
        }
        if hasHeader { classes.append("Header") }
        let connection = ["ClientError", "ConnectionClosed", "ErrorReply", "ProtocolViolation", "RequestTimedOut"]
        let wire = ["CodecError", "DecodeError", "EncodeError", "Frame", "Sender"]
        let all = classes + connection + wire + ["Client", "Decoder", "connect"]
        let doc = spec.doc ?? "The protocol \(spec.name): its messages, their codec, and a client."
        let version = spec.version.map { "\n#: The version of the protocol.\nVERSION = \($0)\n" } ?? ""
        let exported = ordered(all + (version.isEmpty ? [] : ["VERSION"]), ignoringCase: false)
        return head.module(doc) + """

            \(list("from ._connection import ", ordered(connection + ["Decoder"])).joined(separator: "\n"))
            \(list("from ._wire import ", wire).joined(separator: "\n"))
            from .client import Client, connect
            \(list("from .messages import ", ordered(classes)).joined(separator: "\n"))
            \(version)
            __all__ = [
            \(exported.map { "    \"\($0)\",\n" }.joined())]

            """
    }

    /// Returns `names` in the order of formatters for Python: constants, classes, then functions.
    ///
    /// - Parameter ignoringCase: Whether upper and lower case are the same, as in imports; `__all__` distinguishes them.
    private func ordered(_ names: [String], ignoringCase: Bool = true) -> [String] {
        func kind(_ name: String) -> Int {
            if name.count > 1, name == name.uppercased() { return 0 }
            return name.first?.isUppercase ?? false ? 1 : 2
        }
        return names.sorted { left, right in
            if kind(left) != kind(right) { return kind(left) < kind(right) }
            guard ignoringCase else { return NaturalOrder(left) < NaturalOrder(right) }
            let (first, second) = (NaturalOrder(left.lowercased()), NaturalOrder(right.lowercased()))
            return first == second ? left < right : first < second
        }
    }

    private func list(_ head: String, _ names: [String]) -> [String] {
        let line = head + names.joined(separator: ", ")
        return line.count <= 88 ? [line] : [head + "("] + names.map { "    \($0)," } + [")"]
    }
}

/// A text whose numbers are compared by their values: `a2` comes before `a10`.
private struct NaturalOrder: Comparable {
    private let parts: [Part]

    private enum Part: Comparable {
        case number(UInt64)
        case text(String)
    }

    init(_ text: String) {
        var parts: [Part] = []
        for character in text {
            let digit = character.isASCII ? character.wholeNumberValue.map { UInt64($0) } : nil
            switch (digit, parts.last) {
            case (let digit?, .number(let number)?) where number < UInt64.max / 100:
                parts[parts.count - 1] = .number(10 * number + digit)
            case (let digit?, _): parts.append(.number(digit))
            case (nil, _): parts.append(.text(String(character)))
            }
        }
        self.parts = parts
    }

    static func < (left: NaturalOrder, right: NaturalOrder) -> Bool {
        left.parts.lexicographicallyPrecedes(right.parts)
    }
}
