// One import for programs with a server or a client.

@_exported public import Logging
@_exported public import SwitchboardAddresses
@_exported public import SwitchboardBackplane
@_exported public import SwitchboardClient
@_exported public import SwitchboardRouter
@_exported public import SwitchboardServer
@_exported public import SwitchboardTLS
@_exported public import SwitchboardTransport
@_exported public import SwitchboardVocabulary
@_exported public import SwitchboardWire
