import ArgumentParser
import Switchboard

extension ServerConfiguration {
    /// Takes a value from the command line or, without one there, from the environment.
    mutating func set<Value: ExpressibleByArgument>(
        _ property: WritableKeyPath<Self, Value>,
        _ option: Value?,
        _ variable: String
    ) throws {
        if let value = try option ?? EnvironmentVariable.value(variable) { self[keyPath: property] = value }
    }

    /// The same for a time.
    mutating func set(_ property: WritableKeyPath<Self, Duration>, _ option: Seconds?, _ variable: String) throws {
        let value = try option ?? EnvironmentVariable.value(variable)
        if let value { self[keyPath: property] = value.duration }
    }
}

extension ConfigurationError {
    /// The options whose names are not those of the properties with hyphens.
    private static let options = [
        "maximumConnections": "max-connections",
        "maximumConnectionsPerAddress": "max-connections-per-address",
        "maximumChecksumFaultsInARow": "max-checksum-faults",
        "maximumPendingOutput": "max-pending-output",
        "tls.handshakeTimeout": "handshake-timeout",
        "maximumUnauthenticatedPayload": "max-unauthenticated-payload",
    ]

    /// The error in terms of the command line.
    var forCommandLine: String {
        let option = Self.options[property] ?? hyphenated(property)
        let variable = option.uppercased().replacing("-", with: "_")
        return "--\(option) (\(variable)) must be \(requirement)."
    }

    /// `idleTimeout` as `idle-timeout`.
    private func hyphenated(_ name: String) -> String {
        name.reduce(into: "") { $0 += $1.isUppercase ? "-\($1.lowercased())" : "\($1)" }
    }
}
