import ArgumentParser
import Glibc
import Switchboard

/// A server's configuration while options fill it; it remembers how each option was given, for errors.
struct ServerSettings {
    private(set) var configuration = ServerConfiguration()
    private var given: [String: Setting] = [:]

    /// Sets a number, when the setting has a value.
    mutating func set(_ property: WritableKeyPath<ServerConfiguration, Int>, _ setting: Setting) throws {
        note(setting)
        if let value = try setting.integer() { configuration[keyPath: property] = value }
    }

    /// Sets a time, when the setting has a value.
    mutating func set(_ property: WritableKeyPath<ServerConfiguration, Duration>, _ setting: Setting) throws {
        note(setting)
        if let value = try setting.seconds() { configuration[keyPath: property] = value }
    }

    /// Sets a text, when the setting has a value.
    mutating func set(_ property: WritableKeyPath<ServerConfiguration, String>, _ setting: Setting) throws {
        note(setting)
        if let value = try setting.string() { configuration[keyPath: property] = value }
    }

    /// Sets what is not simply the value of an option; `settings` are those that it was made of.
    mutating func set<Value>(
        _ property: WritableKeyPath<ServerConfiguration, Value>,
        to value: Value,
        from settings: Setting...
    ) {
        for setting in settings { note(setting) }
        configuration[keyPath: property] = value
    }

    private mutating func note(_ setting: Setting) {
        given[setting.option] = setting
    }

    /// Those of the named options that were given.
    func settings(_ options: String...) -> [Setting] {
        options.compactMap { given[$0] }
    }

    /// A mistake in the configuration, in terms of the options.
    ///
    /// `MAX_CONNECTIONS="0" must be at least 1.`, for example.
    func validationError(_ error: ConfigurationError) -> ValidationError {
        let option = Self.option(of: error.property)
        let setting = given[option] ?? Setting(option, nil)
        let words = error.requirement.split(separator: " ").map { word in
            given.keys.contains(Self.option(of: String(word))) ? Self.option(of: String(word)) : String(word)
        }
        return setting.error("must be \(words.joined(separator: " "))")
    }

    /// An error of listening, with what to do about it, and where the values come from.
    func naming(in error: TransportError) -> any Error {
        let isUnix = configuration.unixSocketPath != nil
        let place = isUnix ? settings("--unix-socket") : settings("--host", "--port")
        let advice: String? =
            switch (error.code, error.errno) {
            case (.cannotListen, EADDRINUSE) where isUnix: "choose another --unix-socket, or stop what listens there"
            case (.cannotListen, EADDRINUSE): "choose another --port, or stop what listens there"
            case (.cannotListen, EACCES) where !isUnix:
                "choose a --port of 1024 or more, or let the program take lower ones (CAP_NET_BIND_SERVICE)"
            case (.cannotListen, EADDRNOTAVAIL), (.cannotResolve, _):
                "--host must be an address of this machine, or a name that has one"
            default: nil
            }
        return place.naming(in: advice.map { CommandError("\(error) (\($0))") } ?? error)
    }

    /// The options whose names are not those of the properties with hyphens.
    private static let options = [
        "maximumConnections": "max-connections",
        "maximumConnectionsPerAddress": "max-connections-per-address",
        "maximumChecksumFaultsInARow": "max-checksum-faults",
        "maximumPendingOutput": "max-pending-output",
        "tls.handshakeTimeout": "handshake-timeout",
        "maximumUnauthenticatedPayload": "max-unauthenticated-payload",
        "unixSocketPath": "unix-socket",
    ]

    /// The option that sets `property`: `--idle-timeout` for `idleTimeout`.
    private static func option(of property: String) -> String {
        let hyphenated = property.reduce(into: "") { $0 += $1.isUppercase ? "-\($1.lowercased())" : "\($1)" }
        return "--" + (options[property] ?? hyphenated)
    }
}
