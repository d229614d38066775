import ArgumentParser
import Dispatch
import Glibc
import Switchboard

/// `mqtt-client subscribe`: prints the messages of topics.
struct Subscribe: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Prints the messages of topics, until Ctrl-C.")

    @OptionGroup var broker: BrokerOptions

    @Option(help: "Highest quality of service of the messages: 0 or 1.")
    var qos = QoSOption.atMostOnce

    @Option(
        help: "Number of messages after which the program ends, 1 or more; without it, the program ends with Ctrl-C."
    )
    var count: Int?

    @Flag(help: "Print the topic before each message.")
    var showTopic = false

    @Argument(help: "Topics, which may have the wildcards + and #, 100 at most.")
    var topics: [String]

    func validate() throws {
        guard (1...100).contains(topics.count) else { throw ValidationError("there may be 1 to 100 topics") }
        guard topics.allSatisfy({ (1...65_535).contains($0.utf8.count) }) else {
            throw ValidationError("a topic has 1 to 65535 bytes")
        }
        guard count ?? 1 >= 1 else { throw ValidationError("--count must be 1 or more") }
    }

    func run() async throws {
        let connection = try await BrokerConnection(broker)
        try await connection.subscribe(to: topics, qos == .atLeastOnce ? .atLeastOnce : .atMostOnce)
        let printing = Task {
            var printed = 0
            while count.map({ printed < $0 }) ?? true, let message = try await connection.receive() {
                let text = String(decoding: message.message, as: UTF8.self)
                print(showTopic ? "\(message.topic) \(text)" : text)
                // The reader may be a program that waits for the line.
                fflush(nil)
                printed += 1
            }
        }
        let signals = [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number)
            source.setEventHandler { printing.cancel() }
            source.resume()
            return source
        }
        defer { for source in signals { source.cancel() } }
        try await printing.value
        try await connection.disconnect()
    }
}
