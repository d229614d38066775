// The protocol NET-001. The plugin generates its messages, and the protocols that handlers adopt, from protocol.yaml.
//
//  1. Handlers/BundledHandlers         replies to PING and ECHO, handles BROADCAST and DATA, and registers all handlers.
//  2. Handlers/AuthResponder           replies to AUTH.
//  3. Authentication/FailureLimiter    limits the wrong credentials from one network.
//  4. Authentication/Authenticator     checks credentials; Authentication/CredentialFile does so by a file.
//  5. Authentication/PrivateFile       reads the file, whose permissions Authentication/FileAccess checks.
//  6. Authentication/CredentialList    has the lines of the file, and Authentication/TokenHash the hash of a token.
//
// Client/Client+NET001 has the methods of clients for these messages.
