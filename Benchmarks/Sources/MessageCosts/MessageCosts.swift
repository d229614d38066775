import ArgumentParser
import CCounters
import InProcess
import Switchboard

/// Counts the costs of a message in the server, in units that do not depend on the load of the
/// machine.
@main
struct MessageCosts: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "message-costs",
        abstract: "Count allocations, retains and releases for each message.",
        discussion: """
            Server and peer are in this process; the peer allocates nothing and counts no references. Under a tool that \
            counts instructions, run it with --plain and two numbers of messages: the difference is what messages cost.
            """
    )

    @Option(help: "How many messages to send of each kind; of the dear ones a tenth.")
    var messages = 1_000_000

    @Option(
        help: """
            Which messages: ping, lone-ping, echo-64, echo-16k, broadcast, async-ping; ping-limits, lone-ping-limits and \
            echo-64-limits with the default limits on; ping-auth with required authentication; ping-header and \
            async-ping-header with a correlation and a field in the header; bit-header and long-header with headers that \
            generated code reads.
            """
    )
    var only: [String] = []

    @Flag(help: "Count nothing.")
    var plain = false

    @Flag(help: "Print one JSON object.")
    var json = false

    @Flag(help: "Fail when a kind of message costs more than is recorded for it.")
    var check = false

    /// The number of batches after which all buffers have their final size.
    private static let warmUpBatches = 200

    func run() throws {
        var rows: [(workload: Workload, costs: Costs)] = []
        for workload in try Workload.all() where only.isEmpty || only.contains(workload.name) {
            rows.append((workload, try measure(workload)))
        }
        if plain { return }
        if json {
            let fields = rows.map { "\"\($0.workload.name)\": \($0.costs.json)" }
            print("{\(fields.joined(separator: ", "))}")
        } else {
            for (workload, costs) in rows { print("\(workload.name): \(costs.text)") }
        }
        let dear = rows.filter { !$0.costs.fit(into: $0.workload.ceiling) }
        for (workload, _) in dear where check {
            print("\(workload.name) costs more than it may: \(workload.ceiling.text)")
        }
        if check, !dear.isEmpty { throw ExitCode.failure }
    }

    private func measure(_ workload: Workload) throws -> Costs {
        let server = try RunningServer(workload.router, workload.configure)
        defer { server.stop() }
        let sender = try BlockingPeer(port: server.port)
        let receivers = try (0..<workload.receivers).map { _ in try BlockingPeer(port: server.port) }
        // When a peer has a reply, the server knows the peer, which then receives all broadcasts.
        for peer in [sender] + receivers {
            try peer.send(workload.greeting.request)
            try peer.expect(workload.greeting.reply)
        }

        try send(workload, batches: Self.warmUpBatches, from: sender, to: receivers)
        let batches = max(messages / workload.divisor / workload.batchSize, 1)
        if plain {
            try send(workload, batches: batches, from: sender, to: receivers)
            return Costs()
        }
        var costs = Costs()
        // Counting references is slow, and a tenth of the messages is enough.
        for isCountingReferences in [false, true] {
            if isCountingReferences { switchboard_count_references() } else { switchboard_count_allocations() }
            let before = switchboard_counts()
            let batches = isCountingReferences ? max(batches / 10, 1) : batches
            try send(workload, batches: batches, from: sender, to: receivers)
            let after = switchboard_counts()
            let sent = Double(batches * workload.batchSize)
            if isCountingReferences {
                costs.retains = Double(after.retains &- before.retains) / sent
                costs.releases = Double(after.releases &- before.releases) / sent
            } else {
                costs.allocations = Double(after.allocations &- before.allocations) / sent
            }
        }
        return costs
    }

    private func send(_ workload: Workload, batches: Int, from sender: BlockingPeer, to receivers: [BlockingPeer])
        throws
    {
        for _ in 0..<batches {
            try sender.send(workload.requests)
            if receivers.isEmpty { try sender.expect(workload.replies) }
            for receiver in receivers { try receiver.expect(workload.replies) }
        }
    }
}
