import ArgumentParser
import Switchboard
import SwitchboardTLS

/// Checks how the settings of a server fit together, and whether the files that they name can be used.
enum SettingsCheck {
    /// Returns the mistakes that a server with these options would report before it listens, each in one line.
    ///
    /// - Parameters:
    ///   - options: The options of the server.
    ///   - credentials: The options for credentials, if the program has them.
    ///   - readsFiles: Whether to read the certificates, the credentials and the admin token.
    static func mistakes(
        _ options: ServerOptions,
        _ credentials: CredentialOptions?,
        readsFiles: Bool = true
    ) -> [String] {
        var messages: [String] = []
        var settings = ServerSettings()
        func attempt(_ work: () throws -> Void) {
            do {
                try work()
            } catch {
                messages.append((error as? ValidationError)?.message ?? "\(error)")
            }
        }
        for setting in options.listening.settings + options.limits.settings {
            attempt { try settings.apply([setting]) }
        }
        attempt { try options.tls.apply(to: &settings) }
        attempt { try credentials?.apply(to: &settings) }
        attempt {
            do throws(ConfigurationError) { try settings.configuration.validate() } catch {
                throw settings.validationError(error)
            }
        }
        attempt {
            guard readsFiles, let tls = settings.configuration.tls else { return }
            do { _ = try TLSContext(tls) } catch {
                throw settings.settings("--cert", "--key", "--client-ca").naming(in: error)
            }
        }
        attempt { if readsFiles { _ = try credentials?.readFile() } }
        attempt { try options.metrics.checkToken(readsFile: readsFiles) }
        attempt { _ = try options.makeBackplane("config", clusterRate: settings.configuration.clusterRateLimit) }
        attempt {
            guard let path = settings.configuration.unixSocketPath else { return }
            do { _ = try SocketAddress(unixSocketPath: path) } catch {
                throw settings.settings("--unix-socket").naming(in: error)
            }
        }
        attempt { try options.metrics.checkAddress(of: settings.configuration, port: options.listening.port) }
        return messages
    }
}

extension ServerOptions {
    /// Makes the backplane, which is not connected yet; `nil` when there is no URL.
    ///
    /// - Parameters:
    ///   - clientName: The name of the connections in the lists of the engine.
    ///   - clusterRate: The messages per second of all servers together, which require a backplane.
    /// - Throws: A `ValidationError` when an option is wrong, or needs a URL.
    func makeBackplane(_ clientName: String, clusterRate: Int) throws -> (any Backplane)? {
        let joining = try backplane.makeBackplane(clientName)
        if joining == nil, clusterRate > 0 {
            throw limits.clusterRateLimit.error("requires \(backplane.backplane.names)")
        }
        return joining
    }
}
