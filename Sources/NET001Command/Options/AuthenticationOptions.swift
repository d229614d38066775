import ArgumentParser
import NET001
import Switchboard

/// The users of the server, and the limits before authentication.
struct AuthenticationOptions: ParsableArguments {
    @Option(
        Setting(
            "auth-file",
            "AUTH_FILE",
            "Credential file of user:hash lines, as hash-token prints them. Without it, AUTH accepts any user and token."
        )
    )
    var authFile: Setting<String>

    private static let requireAuthSwitch = Switch(
        "require-auth",
        "REQUIRE_AUTH",
        "Reject all messages except PING and AUTH until the client is authenticated."
    )

    @Flag(AuthenticationOptions.requireAuthSwitch)
    var requireAuth: Bool

    @Option(
        Setting(
            "authentication-timeout",
            "AUTHENTICATION_TIMEOUT",
            \.authenticationTimeout,
            "Seconds allowed to authenticate with --require-auth. 0 disables."
        )
    )
    var authenticationTimeout: Setting<Duration>

    @Option(
        Setting(
            "max-unauthenticated-payload",
            "MAX_UNAUTHENTICATED_PAYLOAD",
            \.maximumUnauthenticatedPayload,
            unit: "bytes",
            "Largest payload in bytes before authentication with --require-auth."
        )
    )
    var maxUnauthenticatedPayload: Setting<Int>

    func apply(to settings: inout ServerSettings) throws {
        let isRequired = try Self.requireAuthSwitch.isOn(requireAuth)
        settings.configuration.requiresAuthentication = isRequired
        try settings.apply(self.settings)
        if isRequired, try authFile.givenValue() == nil {
            throw ValidationError("\(Self.requireAuthSwitch.names) requires \(authFile.names).")
        }
    }

    /// Reads the credential file; `nil` when none is set.
    func makeCredentialFile() throws -> CredentialFile? {
        guard let path = try authFile.givenValue() else { return nil }
        do {
            return try CredentialFile(path: path)
        } catch {
            throw [authFile].naming(in: error)
        }
    }
}
