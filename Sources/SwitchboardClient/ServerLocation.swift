/// Where a client finds its server.
enum ServerLocation: Sendable {
    /// A host's name or address, and a TCP port.
    case host(String, port: Int)
    /// A Unix-domain socket.
    case unixSocket(path: String)

    /// What the certificate of a server there is for.
    var name: String {
        switch self {
        case .host(let host, _): host
        case .unixSocket: "localhost"
        }
    }
}
