internal import SwitchboardSpec

/// The ways of messages between two versions of a protocol.
package struct Directions: OptionSet, Hashable, Sendable {
    package let rawValue: Int

    package init(rawValue: Int) {
        self.rawValue = rawValue
    }

    /// What clients of the old version send to servers of the new version.
    package static let oldClientToNewServer = Directions(rawValue: 1)
    /// What clients of the new version send to servers of the old version.
    package static let newClientToOldServer = Directions(rawValue: 2)
    /// What servers of the old version send to clients of the new version.
    package static let oldServerToNewClient = Directions(rawValue: 4)
    /// What servers of the new version send to clients of the old version.
    package static let newServerToOldClient = Directions(rawValue: 8)

    /// All four.
    package static let all: Directions = [
        .oldClientToNewServer, .newClientToOldServer, .oldServerToNewClient, .newServerToOldClient,
    ]

    /// The directions with their names.
    private static let names: [(Directions, key: String, text: String)] = [
        (.oldClientToNewServer, "old-client-to-new-server", "old client → new server"),
        (.newClientToOldServer, "new-client-to-old-server", "new client → old server"),
        (.oldServerToNewClient, "old-server-to-new-client", "old server → new client"),
        (.newServerToOldClient, "new-server-to-old-client", "new server → old client"),
    ]

    /// The names for programs: `old-client-to-new-server`.
    package var keys: [String] { Self.names.filter { contains($0.0) }.map(\.key) }

    /// The names for people: `old client → new server`.
    package var texts: [String] { Self.names.filter { contains($0.0) }.map(\.text) }

    /// The directions of `flows` that begin at `sender`; none without a sender.
    init(_ flows: Flows, from sender: Sender?) {
        self = []
        guard let sender else { return }
        let (isClient, isServer) = (sender != .server, sender != .client)
        if flows.contains(.oldToNew) {
            if isClient { insert(.oldClientToNewServer) }
            if isServer { insert(.oldServerToNewClient) }
        }
        if flows.contains(.newToOld) {
            if isClient { insert(.newClientToOldServer) }
            if isServer { insert(.newServerToOldClient) }
        }
    }
}

/// Which of two versions writes, and which one reads.
struct Flows: OptionSet, Sendable {
    let rawValue: Int

    /// The old version writes, the new version reads.
    static let oldToNew = Flows(rawValue: 1)
    /// The new version writes, the old version reads.
    static let newToOld = Flows(rawValue: 2)
    /// Both.
    static let both: Flows = [.oldToNew, .newToOld]

    /// The flows in which the versions have changed places.
    var reversed: Flows {
        var flows: Flows = []
        if contains(.oldToNew) { flows.insert(.newToOld) }
        if contains(.newToOld) { flows.insert(.oldToNew) }
        return flows
    }
}

extension Sender {
    /// Returns the sender that stands for both senders; `nil` stands for none.
    static func union(_ left: Sender?, _ right: Sender?) -> Sender? {
        guard let left, let right else { return left ?? right }
        return left == right ? left : .both
    }
}
