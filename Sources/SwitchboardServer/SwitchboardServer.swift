// Runs a server, from its start to a reply:
//
//  1. ServerConfiguration             has the settings, their defaults and their ranges.
//  2. Server                          listens, serves and drains. ServerCore has what all connections share.
//                                     Server+Limits changes limits while the server runs.
//                                     Server+Certificates warns of a certificate that expires soon.
//  3. Connections/WorkerGroup         has the event loops, and gives each accepted connection to a Worker.
//  4. Connections/ConnectionSlots     admits a connection, or refuses it.
//  5. Connections/ServerConnection    is one peer. Connections/ConnectionState decides what it does after an event.
//  6. Connections/MessageLoop         decodes frames, and calls the route of each message.
//  7. Connections/SuspendedHandlers   has the tasks of async handlers that are suspended, and Connections/HandlerDeadline
//                                     their timeouts. Connections/RequestsToPeer pairs the replies of peers with requests.
//  8. Connections/Worker+Broadcasts   sends messages to other connections, on all event loops. Connections/BroadcastLog
//                                     keeps them for an iteration, with their destinations.
//  9. Connections/Worker+Rooms        finds the connections of a destination. Connections/RoomTable has the rooms,
//                                     Connections/PositionIndex the connections by number.
// 10. Connections/BackplaneLink       sends messages to other servers, and delivers messages of other servers, which
//                                     Connections/BroadcastCheck checks.
// 11. Cluster/ClusterMembership       shares peers, users and a rate with other servers, over the store of the backplane.
//                                     Cluster/PresenceWriter writes the peers, Cluster/RemotePeers lists those of other servers.
//
// Limits/ has rates, timeouts and the throttle of the log. Metrics/ counts events, and shows the state of a running server.
// EmbeddedServer is a server for the test kit.
