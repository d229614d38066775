#if NATS
internal import SwitchboardBackplane

/// Reads the text of a ``NATSURL``.
struct NATSURLParser {
    struct Parts {
        var addresses: [EngineAddress]
        var usesTLS: Bool
        var credentials: NATSURL.Credentials?
    }

    private static let defaultPort = 4222

    private let url: EngineURL

    init(_ text: String) throws(BackplaneError) {
        let secrets = "the user name, the password or the token"
        url = try EngineURL(text, EngineURL.Rules(engine: "NATS", schemes: ["nats", "tls"], secrets: secrets))
    }

    func parse() throws(BackplaneError) -> Parts {
        let fileCredentials = try fileCredentials()
        let userCredentials = try userCredentials()
        guard fileCredentials == nil || userCredentials == nil else {
            throw url.error("credentials are given before the @ and in the query: give one of them")
        }
        let addresses = try url.addresses(defaultPort: Self.defaultPort)
        // Without the text: in a URL without a host it may be a part of the password.
        guard url.path.isEmpty || url.path == "/" else {
            throw url.error("a path is not allowed: end the URL at the port")
        }
        return Parts(
            addresses: addresses,
            usesTLS: url.scheme == "tls",
            credentials: userCredentials ?? fileCredentials
        )
    }

    private func fileCredentials() throws(BackplaneError) -> NATSURL.Credentials? {
        var values: [String: String] = [:]
        for (name, text) in url.query {
            guard name == "creds" || name == "nkey" || name == "seed" else {
                throw url.error("\"\(name)\" in the query is unknown: creds, nkey and seed are allowed")
            }
            let value = try url.decoded(text, String(name))
            guard !value.isEmpty else { throw url.error("\(name) is empty") }
            guard values.updateValue(value, forKey: String(name)) == nil else {
                throw url.error("\(name) is given twice")
            }
        }
        switch (values["creds"], values["nkey"], values["seed"]) {
        case (nil, nil, nil): return nil
        case (let path?, nil, nil): return .file(path)
        case (nil, let key?, let path?):
            guard key.utf8.count == 56, key.hasPrefix("U") else {
                throw url.error("nkey is not the public key of a user: 56 characters that begin with U")
            }
            return .key(key, seedPath: path)
        case (nil, _, _): throw url.error("nkey and seed must be given together")
        default: throw url.error("creds cannot be given together with nkey and seed")
        }
    }

    private func userCredentials() throws(BackplaneError) -> NATSURL.Credentials? {
        let text = url.credentials
        if text.isEmpty { return nil }
        guard let colon = text.firstIndex(of: ":") else { return .token(try url.decoded(text, "the token")) }
        let user = try url.decoded(text[..<colon], "the user name")
        let password = try url.decoded(text[text.index(after: colon)...], "the password")
        guard !user.isEmpty else {
            throw url.error(
                "a password needs a user name: write nats://USER:PASSWORD@HOST, or nats://TOKEN@HOST for a token"
            )
        }
        guard !password.isEmpty else { throw url.error("the password of the user is empty") }
        return .user(user, password: password)
    }
}
#endif
