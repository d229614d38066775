import ArgumentParser
import Glibc
import Switchboard
import SwitchboardTransport

/// The configuration of a server, and the settings that it was made from, for errors.
struct ServerSettings {
    var configuration = ServerOptions.defaults
    private var given: [any SettingSource] = []

    /// Writes the values of `settings` into the configuration.
    ///
    /// - Throws: A `ValidationError` when a text is not a value that is allowed.
    mutating func apply(_ settings: [any SettingSource]) throws {
        given += settings
        for setting in settings { try setting.apply(to: &configuration) }
    }

    /// Returns the settings of the named options.
    func settings(_ options: String...) -> [any SettingSource] {
        options.compactMap { option in given.first { $0.option == option } }
    }

    /// Returns an error of the configuration with options and variables in place of properties.
    func validationError(_ error: ConfigurationError) -> ValidationError {
        let words = error.requirement.split(separator: " ").map { option(of: String($0)) ?? String($0) }
        let requirement = "must be \(words.joined(separator: " "))"
        guard let setting = given.first(where: { $0.property == error.property }) else {
            return ValidationError("\(error.property) is \(error.value): it \(requirement).")
        }
        return setting.error(requirement)
    }

    /// Returns the option that sets `property`: `--idle-timeout` for `idleTimeout`.
    private func option(of property: String) -> String? {
        given.first { $0.property == property }?.option
    }

    /// Returns an error of listening with advice, and with the environment variables whose values led to it.
    func naming(in error: TransportError) -> any Error {
        let isUnix = configuration.unixSocketPath != nil
        let place = isUnix ? settings("--unix-socket") : settings("--host", "--port")
        if error.code == .cannotListen, error.errno == EADDRINUSE, let path = configuration.unixSocketPath,
            let obstacle = SocketPath.obstacle(at: path)
        {
            return place.naming(
                in: CommandError("cannot listen on unix \(path): \(obstacle) (choose another --unix-socket)")
            )
        }
        let advice: String? =
            switch (error.code, error.errno) {
            case (.cannotListen, EADDRINUSE) where isUnix:
                "choose another --unix-socket, or stop the process that listens there"
            case (.cannotListen, EADDRINUSE): "choose another --port, or stop the process that listens there"
            case (.cannotListen, EACCES) where !isUnix:
                "choose a --port of 1024 or more, or grant the capability CAP_NET_BIND_SERVICE"
            case (.cannotListen, EADDRNOTAVAIL) where !isUnix, (.cannotResolve, _) where !isUnix:
                "--host must be an address of this machine, or a name that has one"
            default: nil
            }
        return place.naming(in: advice.map { CommandError("\(error) (\($0))") } ?? error)
    }
}
