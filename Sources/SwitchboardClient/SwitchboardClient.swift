// A client of one server, from a call to a reply:
//
//  1. Client                   is what users call. ClientConfiguration and ReconnectPolicy are its settings.
//  2. ConnectionMaker          looks up the server, connects, and completes the TLS handshake.
//  3. ClientLink               has the current connection, and replaces it when it breaks.
//  4. ProtocolTable            encodes the messages of clients, and finds the type of a message from the server.
//  5. ClientConnection         sends frames, and decodes those that arrive.
//  6. PendingRequest           encodes a request, and resumes its task with the reply. RequestsInFlight pairs the two.
//  7. MessageDispatcher        passes each other message to its handler, or to IncomingMessages.
//  8. Unread                   keeps messages and events until they are handled or read.
//
// All of them throw ClientError.
