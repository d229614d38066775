import ArgumentParser

/// Which broker to connect to, and how.
struct BrokerOptions: ParsableArguments {
    @Option(help: "Address of the broker, or host name.")
    var host = "127.0.0.1"

    @Option(help: "TCP port of the broker.")
    var port = 1883

    @Option(help: "Identifier of this client; without it, the broker chooses one.")
    var id = ""

    @Flag(help: "Let the broker keep the session, its subscriptions and its messages; requires --id.")
    var keepSession = false

    @Option(help: "User name for the broker.")
    var user: String?

    @Option(help: "Password for the broker; requires --user.")
    var password: String?

    @Option(help: "Seconds without a packet after which the client sends a Ping, 1 to 65535; 0 disables.")
    var keepAlive: UInt16 = 60

    @Option(help: "Seconds to wait for an answer of the broker, 1 to 3600.")
    var timeout = 30

    func validate() throws {
        if keepSession, id.isEmpty { throw ValidationError("--keep-session requires --id") }
        if password != nil, user == nil { throw ValidationError("--password requires --user") }
        guard (1...3600).contains(timeout) else { throw ValidationError("--timeout must be 1 to 3600") }
    }
}

/// The QoS of a message: 0 or 1.
enum QoSOption: UInt8, ExpressibleByArgument, CaseIterable {
    case atMostOnce = 0
    case atLeastOnce = 1
}
