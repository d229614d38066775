@_exported public import SwitchboardAddresses
@_exported public import SwitchboardWire

// Handles a message, from its code to its reply:
//
//  1. Router                    collects the handlers (Handlers/) and the Middleware that users register.
//  2. Routing/RoutingTable      finds the Route of a code.
//  3. Routing/MessageCycle      decodes a message, calls the handler through middleware, and encodes the reply. For an async
//                               handler, its ReadBurst has the messages that a task handles.
//
// A handler gets a Context, with the Connection and the Session of the peer. A Destination stands for other
// connections: those of a room or a user, or a single one. Peers lists their peers.
