public import ArgumentParser
public import Switchboard
internal import Synchronization

/// The options of a server, for the command line of a program: addresses, limits, TLS, the backplane, metrics and logs.
///
/// Each option has an environment variable, whose name `--help` says: `CHAT_PORT` for `--port` of a program `chat`. The command line
/// overrides the environment.
public struct ServerOptions: ParsableArguments {
    @OptionGroup(title: "Listening") var listening: ListenOptions
    @OptionGroup(title: "Limits") var limits: LimitOptions
    @OptionGroup(title: "TLS") var tls: ServerTLSOptions
    @OptionGroup(title: "Backplane") var backplane: BackplaneOptions
    @OptionGroup(title: "Metrics") var metrics: MetricsOptions
    @OptionGroup(title: "Logs") var logs: LogOptions

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
