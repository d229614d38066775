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
        help:
            "Seconds that they may take, where they must; 0 for ever. (environment: AUTHENTICATION_TIMEOUT; default: 10)"
    )
    var authenticationTimeout: Seconds?

    @Option(
        help: """
            Bytes that a payload may have before, where they must. (environment: MAX_UNAUTHENTICATED_PAYLOAD; \
            default: 1024)
            """
    )
    var maxUnauthenticatedPayload: Int?

    func apply(to configuration: inout ServerConfiguration) throws {
        configuration.requiresAuthentication = try requireAuth || EnvironmentVariable.flag("REQUIRE_AUTH")
        try configuration.set(\.authenticationTimeout, authenticationTimeout, "AUTHENTICATION_TIMEOUT")
        try configuration.set(
            \.maximumUnauthenticatedPayload,
            maxUnauthenticatedPayload,
            "MAX_UNAUTHENTICATED_PAYLOAD"
        )
        if configuration.requiresAuthentication, try path() == nil {
            throw ValidationError("--require-auth (REQUIRE_AUTH) needs --auth-file (AUTH_FILE): who may do something?")
        }
    }

    /// The credentials, if a file was named.
    func makeCredentialFile() throws -> CredentialFile? {
        try path().map { try CredentialFile(path: $0) }
    }

    private func path() throws -> String? {
        try authFile ?? EnvironmentVariable.value("AUTH_FILE")
    }
}
