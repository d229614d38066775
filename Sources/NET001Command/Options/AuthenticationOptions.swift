import ArgumentParser
import NET001
import Switchboard

/// Who may do what.
struct AuthenticationOptions: ParsableArguments {
    @Option(
        help: """
            A file of user:hash lines, as hash-token makes them. Without it anybody is taken for whoever they say. \
            (environment: AUTH_FILE)
            """
    )
    var authFile: String?

    @Flag(
        help:
            "Let nobody do anything but PING and AUTH before they have proved who they are. (environment: REQUIRE_AUTH)"
    )
    var requireAuth = false

    @Option(
        parsing: .unconditional,
        help: """
            Seconds allowed to authenticate with --require-auth; 0 disables. (environment: AUTHENTICATION_TIMEOUT; \
            default: 10)
            """
    )
    var authenticationTimeout: String?

    @Option(
        parsing: .unconditional,
        help: """
            Bytes that a payload may have before, where they must. (environment: MAX_UNAUTHENTICATED_PAYLOAD; \
            default: 1024)
            """
    )
    var maxUnauthenticatedPayload: String?

    func apply(to settings: inout ServerSettings) throws {
        let isRequired = try requireAuth || EnvironmentVariable.flag("REQUIRE_AUTH")
        settings.set(\.requiresAuthentication, to: isRequired)
        try settings.set(
            \.authenticationTimeout,
            Setting("--authentication-timeout", authenticationTimeout, variable: "AUTHENTICATION_TIMEOUT")
        )
        try settings.set(
            \.maximumUnauthenticatedPayload,
            Setting("--max-unauthenticated-payload", maxUnauthenticatedPayload, variable: "MAX_UNAUTHENTICATED_PAYLOAD")
        )
        if isRequired, try file.string() == nil {
            throw ValidationError("--require-auth (REQUIRE_AUTH) requires --auth-file (AUTH_FILE).")
        }
    }

    /// The credentials, if a file was named.
    func makeCredentialFile() throws -> CredentialFile? {
        guard let path = try file.string() else { return nil }
        do {
            return try CredentialFile(path: path)
        } catch {
            throw [file].naming(in: error)
        }
    }

    private var file: Setting { Setting("--auth-file", authFile, variable: "AUTH_FILE") }
}
