// The protocol NET-001. The plugin generates its messages, and the protocols that handlers adopt, from protocol.yaml.
//
//  1. Handlers/BundledHandlers         replies to PING and ECHO, handles BROADCAST and DATA, and registers all handlers.
//  2. Handlers/AuthResponder           replies to AUTH, whose credentials an Authenticator checks.
//
// Client/Client+NET001 has the methods of clients for these messages.

@_exported public import SwitchboardCredentials
