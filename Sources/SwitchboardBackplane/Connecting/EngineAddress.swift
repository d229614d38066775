/// The host and the port of an engine.
package struct EngineAddress: Sendable, Hashable, CustomStringConvertible {
    /// A name or an address, without square brackets.
    package let host: String
    /// The port, 1 to 65,535.
    package let port: Int

    package init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// The address as a URL has it: an IPv6 address in square brackets.
    package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
