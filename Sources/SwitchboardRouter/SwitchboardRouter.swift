@_exported public import SwitchboardAddresses
@_exported public import SwitchboardWire

// A message, from its code to its reply:
//
//  1. Router                    collects the handlers (Handlers/) and the Middleware that users register.
//  2. Routing/RoutingTable      finds the Route of a code.
//  3. Routing/MessageCycle      decodes a message, calls the handler through middleware, and encodes the reply. A task that handles
//                               messages for an async handler has them in a ReadBurst.
//
// A handler gets a Context, with the Connection and the Session of the peer.
//
// A Destination names other connections: those of a room or a user, or a single one. Peers lists them.
