public import ArgumentParser
public import Switchboard
internal import Synchronization

/// The options of a server, for the command line of a program: addresses, limits, TLS, the backplane, metrics and logs.
///
/// Each option has an environment variable, whose name `--help` says: `CHAT_PORT` for `--port` of a program `chat`, and a key in the
/// YAML file that `--config` names: `port: 5000`. The command line overrides the environment, and the environment overrides the file.
public struct ServerOptions: ParsableArguments, Sendable {
    @OptionGroup var configuration: ConfigurationOptions
    @OptionGroup(title: ListenOptions.title) var listening: ListenOptions
    @OptionGroup(title: LimitOptions.title) var limits: LimitOptions
    @OptionGroup(title: ServerTLSOptions.title) var tls: ServerTLSOptions
    @OptionGroup(title: BackplaneOptions.title) var backplane: BackplaneOptions
    @OptionGroup(title: MetricsOptions.title) var metrics: MetricsOptions
    @OptionGroup(title: LogOptions.title) var logs: LogOptions

    /// The options, as ArgumentParser makes them.
    public init() {}

    private static let sharedDefaults = Mutex(ServerConfiguration())

    /// The configuration that has the values of options that are not given.
    ///
    /// A program that changes it does so before it parses the command line, because `--help` says the defaults.
    public static var defaults: ServerConfiguration {
        get { sharedDefaults.withLock(\.self) }
        set { sharedDefaults.withLock { $0 = newValue } }
    }
}
