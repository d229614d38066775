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
    var authFile: Setting

    @Flag(
        help: "Reject all messages except PING and AUTH until the client is authenticated. (environment: REQUIRE_AUTH)"
    )
    var requireAuth = false

    @Option(
        Setting(
            "authentication-timeout",
            "AUTHENTICATION_TIMEOUT",
            \.authenticationTimeout,
            "Seconds allowed to authenticate with --require-auth. 0 disables."
        )
    )
    var authenticationTimeout: Setting

    @Option(
        Setting(
            "max-unauthenticated-payload",
            "MAX_UNAUTHENTICATED_PAYLOAD",
            \.maximumUnauthenticatedPayload,
            property: "maximumUnauthenticatedPayload",
            unit: "bytes",
            "Largest payload in bytes before authentication with --require-auth."
        )
    )
    var maxUnauthenticatedPayload: Setting

    func apply(to settings: inout ServerSettings) throws {
        let isRequired = try requireAuth || EnvironmentVariable.flag("REQUIRE_AUTH")
        settings.configuration.requiresAuthentication = isRequired
        try settings.apply(self.settings)
        if isRequired, try authFile.string() == nil {
            throw ValidationError("--require-auth (REQUIRE_AUTH) requires --auth-file (AUTH_FILE).")
        }
    }

    /// The credentials; `nil` without a credential file.
    func makeCredentialFile() throws -> CredentialFile? {
        guard let path = try authFile.string() else { return nil }
        do {
            return try CredentialFile(path: path)
        } catch {
            throw [authFile].naming(in: error)
        }
    }
}
