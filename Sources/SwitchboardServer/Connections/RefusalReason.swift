/// Why the server refuses a connection.
enum RefusalReason: String, CaseIterable {
    case serverIsFull
    case addressIsFull

    /// The text of the error message to the peer.
    var explanation: String {
        switch self {
        case .serverIsFull: "the server has reached its maximum number of connections; try again later"
        case .addressIsFull:
            "the maximum number of connections from your address is reached; close one or try again later"
        }
    }
}
