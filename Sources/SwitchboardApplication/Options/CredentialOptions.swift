public import ArgumentParser
internal import Switchboard
public import SwitchboardCredentials

/// The options for the users of a server, and for its limits before authentication, for the command line of a program.
public struct CredentialOptions: ParsableArguments, Sendable {
    @Option(
        Setting(
            "auth-file",
            "AUTH_FILE",
            isPath: true,
            "Credential file of user:hash lines, as hash-token prints them. Without it, AUTH accepts any user and token."
        )
    )
    var authFile: Setting<String>

    private static let requireAuthSwitch = Switch(
        "require-auth",
        "REQUIRE_AUTH",
        "Reject all messages except PING and AUTH until the client is authenticated."
    )

    @Flag(CredentialOptions.requireAuthSwitch)
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

    /// The options, as ArgumentParser makes them.
    public init() {}

    func apply(to settings: inout ServerSettings) throws {
        let isRequired = try Self.requireAuthSwitch.isOn(requireAuth)
        settings.configuration.requiresAuthentication = isRequired
        try settings.apply(self.settings)
        if isRequired, try authFile.givenValue() == nil {
            throw ValidationError("\(Self.requireAuthSwitch.given(requireAuth).subject) requires \(authFile.names).")
        }
    }

    /// Reads the credential file.
    ///
    /// - Returns: The file; `nil` when none is set.
    /// - Throws: An error that names the option or the environment variable of a file that cannot be used.
    public func readFile() throws -> CredentialFile? {
        guard let path = try authFile.givenValue() else { return nil }
        do {
            return try CredentialFile(path: path)
        } catch {
            throw [authFile].naming(in: error)
        }
    }
}

extension CredentialOptions: SettingGroup {
    package static var title: String { "Credentials" }

    package static var switches: [String: Switch] { ["requireAuth": requireAuthSwitch] }
}
