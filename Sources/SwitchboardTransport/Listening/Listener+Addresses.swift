internal import Glibc

extension Listener {
    /// The largest number of addresses that are listened on together: a host name has few.
    package static let maximumAddresses = 16

    /// How often another port is tried when the system's choice for one address is in use at another.
    private static let maximumPortChoices = 16

    /// Listens at every address of a host, with one port.
    ///
    /// An address that this machine does not have is left out when there are others: a name may have an address of a family
    /// that is switched off here.
    ///
    /// - Parameters:
    ///   - addresses: At least one; they have the same port, or port 0 for a port that is free at all of them.
    ///   - make: Makes the listener for an address.
    ///   - onMissing: Called for each address that is left out, with the reason.
    /// - Returns: At least one listener.
    /// - Throws: When an address cannot be listened on, none is on this machine, or there are too many.
    package static func atAll(
        _ addresses: [SocketAddress],
        make: (SocketAddress) throws(TransportError) -> Listener,
        onMissing: (TransportError) -> Void
    ) throws(TransportError) -> [Listener] {
        let distinct = addresses.distinct
        guard let first = distinct.first, distinct.count <= maximumAddresses else {
            let reason = "\(distinct.count) addresses, where 1 to \(maximumAddresses) are listened on"
            throw TransportError(.cannotListen, description: "cannot listen: the host has \(reason)")
        }
        for _ in 1..<maximumPortChoices where first.port == 0 && distinct.count > 1 {
            do throws(TransportError) {
                return try atAllOnce(distinct, make, onMissing)
            } catch  where error.errno == EADDRINUSE {
                // The port that was free at one address is not at another.
                continue
            }
        }
        return try atAllOnce(distinct, make, onMissing)
    }

    private static func atAllOnce(
        _ addresses: [SocketAddress],
        _ make: (SocketAddress) throws(TransportError) -> Listener,
        _ onMissing: (TransportError) -> Void
    ) throws(TransportError) -> [Listener] {
        var listeners: [Listener] = []
        var missing: [TransportError] = []
        for address in addresses {
            do throws(TransportError) {
                listeners.append(
                    try make(address.with(port: listeners.first?.address.portNumber ?? address.portNumber))
                )
            } catch  where addresses.count > 1 && (error.errno == EADDRNOTAVAIL || error.errno == EAFNOSUPPORT) {
                missing.append(error)
            } catch {
                for listener in listeners { listener.close() }
                throw error
            }
        }
        if listeners.isEmpty, let first = missing.first { throw first }
        for error in missing { onMissing(error) }
        return listeners
    }
}
