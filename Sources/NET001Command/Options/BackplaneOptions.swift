import ArgumentParser
import Switchboard
import SwitchboardRedis

/// The connection to other servers.
struct BackplaneOptions: ParsableArguments {
    @Option(
        Setting(
            "backplane",
            "BACKPLANE",
            """
            Redis or Valkey that joins several servers, so that broadcasts reach the clients of all of them: \
            redis://HOST:PORT, rediss://USER:PASSWORD@HOST for TLS, redis+unix:///PATH or \
            redis+sentinel://HOST,HOST/SERVICE. Set a URL with a password in the environment, not on the command line.
            """
        ),
        valueName: "url"
    )
    var backplane: Setting<BackplaneURL>

    @Option(
        Setting(
            "backplane-ca",
            "BACKPLANE_CA",
            "CA certificates to trust for a rediss:// URL, PEM file. Without it, the system's CA certificates are trusted."
        )
    )
    var backplaneCa: Setting<String>

    private static let requiredSwitch = Switch(
        "backplane-required",
        "BACKPLANE_REQUIRED",
        "Answer /readyz with status 503 while the backplane is disconnected."
    )

    @Flag(BackplaneOptions.requiredSwitch)
    var backplaneRequired: Bool

    /// Whether a server without a working backplane is not ready.
    var isRequired: Bool {
        get throws { try Self.requiredSwitch.isOn(backplaneRequired) }
    }

    /// Makes the backplane, which is not connected yet; `nil` when there is no URL.
    ///
    /// - Throws: A `ValidationError` when an option is wrong, or needs a URL.
    func makeBackplane() throws -> RedisBackplane? {
        let authorities = try backplaneCa.givenValue()
        let isRequired = try isRequired
        guard let url = try backplane.givenValue() else {
            var given = authorities.map { _ in [backplaneCa.origin] } ?? []
            if isRequired { given.append(Self.requiredSwitch.names) }
            if given.isEmpty { return nil }
            throw ValidationError("\(given.joined(separator: ", ")) requires \(backplane.names).")
        }
        do throws(BackplaneError) {
            var configuration = RedisBackplaneConfiguration(url: url.redis)
            configuration.clientName = "net001"
            if let authorities {
                guard configuration.url.usesTLS else {
                    throw BackplaneError(.invalidConfiguration, "\(backplaneCa.origin) requires a rediss:// URL")
                }
                configuration.tls.authoritiesPath = authorities
            }
            return try RedisBackplane(configuration)
        } catch {
            throw ValidationError("\(backplane.names): \(error).")
        }
    }

    /// Returns an error of the backplane with the name of its option.
    func naming(in error: BackplaneError) -> any Error {
        CommandError("\(backplane.names): \(error)")
    }
}

/// The URL of a backplane.
struct BackplaneURL: SettingValue {
    let redis: RedisURL

    init(settingText text: String) throws(SettingProblem) {
        do throws(BackplaneError) { redis = try RedisURL(text) } catch {
            throw SettingProblem(description: "cannot be used: \(error)")
        }
    }

    var shown: String { redis.description }

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
