import Logging
import Switchboard
import SwitchboardTransport
import Synchronization

/// Reads the file of settings again on SIGHUP, and gives a running server the limits that have changed.
final class SettingsReload: Sendable {
    private let path: String
    private let options: ServerOptions
    private let credentials: CredentialOptions?
    private let server: Server
    private let logger: Logger
    /// A value in use.
    private struct Value: Equatable {
        /// The value without secrets, for the log.
        let written: String
        /// The text with a secret; `nil` for other settings, whose texts may differ although they have the same value.
        let secret: String?

        init(_ setting: any SettingSource) {
            written = setting.written ?? "none"
            secret = setting.hasSecret ? setting.text : nil
        }
    }

    /// The values in use, by the keys of their settings.
    private let inUse: Mutex<[String: Value]>

    /// - Parameters:
    ///   - path: The path of the file.
    ///   - options: The options of the server.
    ///   - credentials: The options for credentials, if the program has them.
    ///   - server: The server, which has these settings.
    ///   - logger: The log of the changes.
    init(path: String, _ options: ServerOptions, _ credentials: CredentialOptions?, _ server: Server, logger: Logger) {
        self.path = path
        self.options = options
        self.credentials = credentials
        self.server = server
        self.logger = logger
        inUse = Mutex(Self.values(options.settings + (credentials?.settings ?? [])))
    }

    private static func values(_ settings: [any SettingSource]) -> [String: Value] {
        Dictionary(settings.map { ($0.key, Value($0)) }) { first, _ in first }
    }

    /// Reads the file, and changes the limits that it changes.
    ///
    /// - Throws: A ``CommandError`` with all mistakes when there are any; then nothing changes.
    func reload() throws {
        let settings = options.settings + (credentials?.settings ?? [])
        let file = SettingsFile(path: path, keys: settings.keys)
        let configuration = try file.whileCurrent {
            var mistakes = settings.mistakes
            if mistakes.isEmpty { mistakes = SettingsCheck.mistakes(options, credentials, readsFiles: false) }
            guard mistakes.isEmpty else { throw CommandError(mistakes.joined(separator: "; ")) }
            return try change(settings)
        }
        SettingsFile.use(file)
        ApplicationSignals.shared.setDrainTime(configuration.drainTimeout)
    }

    /// Gives the server the values of the file in use, and logs what changes and what does not.
    private func change(_ settings: [any SettingSource]) throws -> ServerConfiguration {
        let old = inUse.withLock(\.self)
        let new = Self.values(settings)
        let changed = settings.filter { old[$0.key] != new[$0.key] }
        var configuration = server.configuration
        for setting in changed where setting.isReloadable { try setting.applyValue(to: &configuration) }
        DescriptorLimit.raise(to: configuration.neededDescriptors)
        try server.updateLimits(configuration)
        for setting in changed {
            let key = setting.key
            var metadata: Logger.Metadata = [
                "setting": "\(key)", "from": "\(old[key]?.written ?? "none")", "to": "\(new[key]?.written ?? "none")",
                "source": "\(SettingsText.source(of: setting))",
            ]
            if setting.isReloadable {
                inUse.withLock { $0[key] = new[key] }
                logger.info("setting changed", metadata: metadata)
            } else {
                metadata["reason"] = "restart the server to change it"
                logger.warning("setting not changed", metadata: metadata)
            }
        }
        return configuration
    }
}
