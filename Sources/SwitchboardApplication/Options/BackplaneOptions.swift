import ArgumentParser
import Switchboard
import SwitchboardRedis

#if NATS
import SwitchboardNATS
#endif

/// The connection to other servers.
struct BackplaneOptions: SettingGroup {
    package static let title = "Backplane"

    @Option(
        Setting(
            "backplane",
            "BACKPLANE",
            """
            Redis, Valkey or NATS that joins several servers, so that broadcasts reach the clients of all of them: \
            redis://HOST:PORT, rediss://USER:PASSWORD@HOST for TLS, redis+unix:///PATH, \
            redis+sentinel://HOST,HOST/SERVICE, nats://HOST:PORT, or tls://USER:PASSWORD@HOST for NATS over TLS. \
            Set a URL with a password in the environment, not on the command line.
            """
        ),
        valueName: "url"
    )
    var backplane: Setting<BackplaneURL>

    @Option(
        Setting(
            "backplane-ca",
            "BACKPLANE_CA",
            isPath: true,
            """
            CA certificates to trust for a rediss:// or tls:// URL, PEM file. Without it, the system's CA certificates are \
            trusted.
            """
        )
    )
    var backplaneCa: Setting<String>

    private static let requiredSwitch = Switch(
        "backplane-required",
        "BACKPLANE_REQUIRED",
        "Answer /readyz with status 503 while the backplane is disconnected."
    )

    package static var switches: [String: Switch] { ["backplaneRequired": requiredSwitch] }

    @Flag(BackplaneOptions.requiredSwitch)
    var backplaneRequired: Bool

    /// Whether a server without a working backplane is not ready.
    var isRequired: Bool {
        get throws { try Self.requiredSwitch.isOn(backplaneRequired) }
    }

    /// The number of threads that the backplane starts: at least 1.
    var threadCount: Int {
        get throws { try backplane.givenValue()?.threadCount ?? 1 }
    }

    /// Makes the backplane, which is not connected yet; `nil` when there is no URL.
    ///
    /// - Parameter clientName: The name of the connections in the lists of the engine.
    /// - Throws: A `ValidationError` when an option is wrong, or needs a URL.
    func makeBackplane(_ clientName: String) throws -> (any Backplane)? {
        let authorities = try backplaneCa.givenValue()
        let isRequired = try isRequired
        guard let url = try backplane.givenValue() else {
            var given = authorities.map { _ in [backplaneCa.origin] } ?? []
            if isRequired { given.append(Self.requiredSwitch.given(backplaneRequired).subject) }
            if given.isEmpty { return nil }
            throw ValidationError("\(given.joined(separator: ", ")) requires \(backplane.names).")
        }
        do throws(BackplaneError) {
            guard url.usesTLS || authorities == nil else {
                throw BackplaneError(.invalidConfiguration, "\(backplaneCa.origin) requires a rediss:// or tls:// URL")
            }
            return try url.makeBackplane(clientName, trusting: authorities)
        } catch {
            throw ValidationError("\(backplane.subject): \(error).")
        }
    }

    /// Returns an error of the backplane with the name of its option.
    func naming(in error: BackplaneError) -> any Error {
        CommandError("\(backplane.names): \(error)")
    }
}

/// The URL of a backplane, for one of the engines.
enum BackplaneURL: SettingValue {
    case redis(RedisURL)
    #if NATS
    case nats(NATSURL)
    #endif

    init(settingText text: String) throws(SettingProblem) {
        let scheme = text.firstRange(of: "://").map { text[..<$0.lowerBound].lowercased() }
        do throws(BackplaneError) {
            switch scheme {
            case "redis", "rediss", "redis+unix", "unix", "redis+sentinel", "rediss+sentinel":
                self = .redis(try RedisURL(text))
            case "nats", "tls":
                #if NATS
                self = .nats(try NATSURL(text))
                #else
                throw BackplaneError(
                    .invalidConfiguration,
                    "this program was built without NATS: build it with `swift build --traits TLS,NATS`"
                )
                #endif
            default:
                throw BackplaneError(
                    .invalidConfiguration,
                    "it must begin with redis://, rediss://, redis+unix://, redis+sentinel://, rediss+sentinel://, nats:// or "
                        + "tls://"
                )
            }
        } catch {
            throw SettingProblem(description: "cannot be used: \(error)")
        }
    }

    /// Whether the connections to the engine use TLS.
    var usesTLS: Bool {
        switch self {
        case .redis(let url): url.usesTLS
        #if NATS
        case .nats(let url): url.usesTLS
        #endif
        }
    }

    /// The number of threads that a backplane with this URL starts.
    var threadCount: Int {
        switch self {
        case .redis: 1
        #if NATS
        // Two of the backplane, the others of libnats.
        case .nats: 7
        #endif
        }
    }

    /// Makes a backplane that is not connected yet.
    ///
    /// - Parameters:
    ///   - clientName: The name of the connections in the lists of the engine.
    ///   - authorities: A PEM file with the CA certificates to trust; `nil` for those of the system.
    /// - Throws: A `BackplaneError` when a setting is wrong.
    func makeBackplane(_ clientName: String, trusting authorities: String?) throws(BackplaneError) -> any Backplane {
        switch self {
        case .redis(let url):
            var configuration = RedisBackplaneConfiguration(url: url)
            configuration.clientName = clientName
            configuration.tls.authoritiesPath = authorities
            return try RedisBackplane(configuration)
        #if NATS
        case .nats(let url):
            var configuration = NATSBackplaneConfiguration(url: url)
            configuration.clientName = clientName
            configuration.tls.authoritiesPath = authorities
            return try NATSBackplane(configuration)
        #endif
        }
    }

    /// The URL without passwords.
    var shown: String {
        switch self {
        case .redis(let url): url.description
        #if NATS
        case .nats(let url): url.description
        #endif
        }
    }

    /// The URL with stars in place of what may be a password: all before the last @, all of the query and, without an @, all that
    /// follows a colon and is not a port.
    static func shown(_ text: String) -> String {
        guard let start = text.firstRange(of: "://")?.upperBound else { return text.contains(/[@:]/) ? "***" : text }
        let rest = text[start...]
        let host =
            rest.lastIndex(of: "@").map { "***\(rest[$0...])" }
            ?? String(rest.replacing(passwordWithoutHost, with: ":***"))
        let query = host.firstIndex(of: "?").map { "\(host[..<$0])?***" } ?? host
        return text[..<start] + query
    }

    /// A colon behind a name, and what follows unless it is a port.
    ///
    /// The addresses of a list are separated by commas.
    private static var passwordWithoutHost: Regex<Substring> { /:(?![0-9]{1,5}(?:[,\/?]|$))[^\[\]]*/ }

    static func < (left: BackplaneURL, right: BackplaneURL) -> Bool { left.shown < right.shown }
}
