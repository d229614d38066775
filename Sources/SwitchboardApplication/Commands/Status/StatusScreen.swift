import Switchboard
import SwitchboardServer

/// The state of a server as lines of text, in which nothing of the server can control a terminal.
struct StatusScreen {
    /// A line.
    struct Line {
        let text: String
        var isHeading = false
    }

    let figures: StatusFigures

    /// The largest number of characters of a text from a peer.
    private static let maximumText = 60

    /// The number of connections of a screen without a height.
    private static let defaultConnections = 20

    private var report: StatusReport { figures.latest }

    // MARK: In words

    /// The name of the server, and where it runs.
    var title: String {
        let server = report.server
        return
            "\(server.name.visible) (\(server.wireProtocol.visible)) on \(server.host.visible), process \(server.process)"
    }

    /// The title, and a line for each fact.
    var summary: [String] {
        let facts = facts.server + facts.traffic
        return [title] + facts.map { Self.line($0, width: Self.width(facts)) }
    }

    private typealias Fact = (name: String, text: String)

    private var facts: (server: [Fact], traffic: [Fact]) {
        let start = figures.total("process_start_time_seconds")
        let state = report.state == "\(ServerState.stopping)" ? "draining" : report.state.visible
        let server: [Fact] = [
            ("state", "\(state), up \(ShownNumber.age(report.time - start))"),
            (
                "connections",
                "\(count(.connections)) of \(report.server.maximumConnections), \(count(.refusedConnections)) refused"
            ),
            ("faults", "\(count(.faults)), \(rate(.faults)) /s"),
            ("memory", ShownNumber.bytes(figures.total("process_resident_memory_bytes"))),
            (
                "descriptors",
                "\(ShownNumber.count(figures.total("process_open_fds"))) of "
                    + ShownNumber.count(figures.total("process_max_fds"))
            ),
        ]
        let lag = figures.percentile(0.99, of: .loopLag, "")
        let traffic: [Fact] = [
            (
                "messages",
                "\(rate(.receivedMessages)) /s in, \(rate(.sentMessages)) /s out, \(count(.rateLimitedMessages)) limited"
            ),
            ("bytes", "\(bytesRate(.receivedBytes)) /s in, \(bytesRate(.sentBytes)) /s out"),
            (
                "event loops",
                "\(report.server.eventLoops), lag p99 \(lag), \(count(.suspendedHandlers)) handlers suspended"
            ),
            ("backplane", backplane),
        ]
        return (server, traffic)
    }

    private var backplane: String {
        guard let backplane = report.backplane else { return "none" }
        let problem = backplane.problem.map { ": \($0.visible(maximumLength: Self.maximumText))" } ?? ""
        return backplane.state.visible + problem
    }

    private func count(_ metric: ServerMetric) -> String { ShownNumber.count(figures.total(metric)) }

    private func rate(_ metric: ServerMetric, _ label: String? = nil) -> String {
        ShownNumber.count(figures.rate(metric, label))
    }

    private func bytesRate(_ metric: ServerMetric, _ label: String? = nil) -> String {
        ShownNumber.bytes(figures.rate(metric, label))
    }

    private static func width(_ facts: [Fact]) -> Int { facts.reduce(0) { max($0, $1.name.count) } }

    private static func line(_ fact: Fact, width: Int) -> String {
        fact.name + String(repeating: " ", count: width - fact.name.count + 2) + fact.text
    }

    // MARK: With tables

    /// Returns the facts in two columns, a table of the messages and one of the connections.
    ///
    /// - Parameters:
    ///   - order: The order of the connections.
    ///   - height: The number of lines to fill; `nil` for no limit.
    func lines(by order: ConnectionList.Order, height: Int?) -> [Line] {
        var lines = [Line(text: title, isHeading: true)] + factsInColumns.map { Line(text: $0) } + [Line(text: "")]
        let connections = report.connections?.connections ?? []
        let messages = messages
        // Four lines are empty or headings.
        let room = height.map { max($0 - lines.count - 4, 0) }
        let messageRoom = room.map { max($0 / 2, $0 - connections.count) } ?? messages.count
        lines += table(Self.messageColumns, messages.prefix(messageRoom).map(row))
        lines.append(Line(text: ""))
        guard let list = report.connections else {
            let way = report.actions ? ", or with --admin-token-file" : ""
            return lines + [Line(text: "connections are shown on the machine of the server only\(way)")]
        }
        let connectionRoom = room.map { max($0 - min(messages.count, messageRoom), 0) } ?? Self.defaultConnections
        lines.append(Line(text: "\(list.open) connections, by \(order.rawValue)"))
        return lines + table(Self.connectionColumns, connections.prefix(connectionRoom).map(row))
    }

    private var factsInColumns: [String] {
        let facts = facts
        let left = facts.server.map { Self.line($0, width: Self.width(facts.server)) }
        let right = facts.traffic.map { Self.line($0, width: Self.width(facts.traffic)) }
        let width = left.reduce(0) { max($0, $1.count) } + 2
        return left.enumerated().map { index, text in
            guard index < right.count else { return text }
            return text + String(repeating: " ", count: width - text.count) + right[index]
        }
    }

    private func table(_ columns: [TextTable.Column], _ rows: [[String]]) -> [Line] {
        let (heading, rows) = TextTable(columns: columns, rows: rows).lines
        return [Line(text: heading, isHeading: true)] + rows.map { Line(text: $0) }
    }

    private static let messageColumns: [TextTable.Column] = [
        .text("message"), .number("in /s"), .number("out /s"), .number("bytes in /s"), .number("bytes out /s"),
        .number("p50"), .number("p99"), .number("limited /s"),
    ]

    /// The labels of the messages that were received or sent, those with the highest rates first.
    private var messages: [String] {
        let labels = Set(figures.labels(of: .receivedMessages) + figures.labels(of: .sentMessages))
        let rates = labels.map { label in
            (figures.rate(.receivedMessages, label) ?? 0) + (figures.rate(.sentMessages, label) ?? 0)
        }
        return zip(labels, rates).sorted { ($1.1, $0.0) < ($0.1, $1.0) }.map(\.0)
    }

    private func row(_ label: String) -> [String] {
        [
            Self.name(label), rate(.receivedMessages, label), rate(.sentMessages, label),
            bytesRate(.receivedBytes, label),
            bytesRate(.sentBytes, label), figures.percentile(0.5, of: .handlerDuration, label),
            figures.percentile(0.99, of: .handlerDuration, label), rate(.rateLimitedMessages, label),
        ]
    }

    /// Returns the name in `message="Ping"`.
    private static func name(_ label: String) -> String {
        let value = label.split(separator: "=", maxSplits: 1).last ?? ""
        return String(value.drop { $0 == "\"" }.prefix { $0 != "\"" }).visible(maximumLength: maximumText)
    }

    private static let connectionColumns: [TextTable.Column] = [
        .number("number"), .text("peer"), .text("user"), .number("age"), .number("messages"), .number("/s"),
        .number("bytes in"), .number("bytes out"), .number("pending"), .text("last fault"),
    ]

    private func row(_ connection: ConnectionReport.Connection) -> [String] {
        [
            "\(connection.id)", connection.peer.visible(maximumLength: Self.maximumText),
            connection.user?.visible(maximumLength: Self.maximumText) ?? ShownNumber.unknown,
            ShownNumber.age(connection.ageSeconds), ShownNumber.count(Double(connection.messages)),
            ShownNumber.count(connection.messagesPerSecond), ShownNumber.bytes(Double(connection.bytesIn)),
            ShownNumber.bytes(Double(connection.bytesOut)), ShownNumber.bytes(Double(connection.pendingOutput)),
            connection.lastError?.visible(maximumLength: Self.maximumText) ?? ShownNumber.unknown,
        ]
    }
}
