// Encrypts a stream with OpenSSL (CTLS), over another stream. From the files of certificates to a record:
//
//  1. ServerTLSConfiguration, ClientTLSConfiguration  name the files of certificates and keys.
//  2. TLSContext                                      reads the files, once for all connections.
//  3. TLSAcceptor, TLSConnector                       make TLS streams over the socket streams of a server or client.
//  4. TLSStream                                       reports events and performs actions. TLSStreamState decides.
//                                                     TLSFailure says for the metrics why a handshake failed.
//  5. TLSStream+Input                                 takes whole records, and presents their bytes to the delegate.
//  6. TLSStream+Output                                encrypts the delegate's output, and sends the records.
//  7. TLSSession                                      one connection's keys: records to bytes and bytes to records.
//
// Without the package's trait TLS, 1 to 3 are there, and 3 throws TLSError.
