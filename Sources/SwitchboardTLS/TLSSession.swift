internal import CTLS
internal import SwitchboardBytes

#if TLS
/// The TLS session of one connection: decrypts records to bytes, and encrypts bytes to records.
///
/// It takes only whole records. Therefore OpenSSL keeps no input, and an idle connection has no buffer.
@safe
final class TLSSession {
    /// The result of an operation.
    enum Outcome: Equatable {
        case done
        case needsInput
        /// The peer has sent a close_notify record.
        case ended
        case failed(String, TLSFailure)
    }

    private let session: OpaquePointer
    /// Keeps the context of the session alive.
    private let context: TLSContext

    /// Takes over a session that `context` made.
    @unsafe
    init(_ session: OpaquePointer, of context: TLSContext) {
        unsafe self.session = unsafe session
        self.context = context
    }

    deinit {
        unsafe tls_session_free(session)
    }

    /// Sets the host that the certificate of the server must name; returns whether a certificate can name it.
    func expect(host: String, isAddress: Bool, verifies: Bool) -> Bool {
        unsafe tls_session_expect_host(session, host, isAddress, verifies)
    }

    /// Returns the size of the record at the start of `input`, in bytes; the size of a header if the header is
    /// incomplete.
    ///
    /// - Returns: `nil` when the bytes are not the start of a record.
    static func recordSize(_ input: ByteReader) -> Int? {
        guard let length = input.peekInteger(at: 3, .big, as: UInt16.self),
            let start = input.peekInteger(at: 0, .big, as: UInt16.self)
        else { return Int(tls_record_header_size) }
        // RFC 8446, section 5.1: a record type, and the first byte of a version, which is 3 in all versions. Without
        // this check, the stream would take bytes of another protocol for a length, and would wait for that number of
        // bytes.
        guard (20...24).contains(start >> 8), start & 0xff == 3 else { return nil }
        let size = Int(tls_record_header_size) + Int(length)
        return size <= Int(tls_maximum_record_size) ? size : nil
    }

    /// Continues the handshake with the record of `size` bytes at the start of `input`.
    func handshake(with input: inout ByteReader, recordSize size: Int) -> Outcome {
        lend(&input, size) { handshake() }
    }

    /// Begins or continues the handshake.
    func handshake() -> Outcome {
        unsafe outcome { unsafe tls_session_handshake(session, $0) }
    }

    /// Decrypts the record of `size` bytes at the start of `input`, and appends its content to `plain`.
    func read(_ input: inout ByteReader, recordSize size: Int, into plain: inout ByteWriter) -> Outcome {
        lend(&input, size) {
            unsafe append(atMost: size, to: &plain) { room, count in
                unsafe outcome { unsafe tls_session_read(session, room, size, &count, $0) }
            }
        }
    }

    private func lend(_ input: inout ByteReader, _ size: Int, _ body: () -> Outcome) -> Outcome {
        let outcome = unsafe input.withUnsafeRemaining { bytes in
            unsafe tls_session_lend_input(session, bytes.baseAddress, min(size, bytes.count))
            defer { unsafe tls_session_lend_input(session, nil, 0) }
            return body()
        }
        input.skip(size)
        return outcome
    }

    /// Encrypts `bytes`, and appends the records to `records`.
    func write(_ bytes: UnsafeRawBufferPointer, appendingTo records: inout ByteWriter) -> Outcome {
        guard bytes.count > 0 else { return .done }
        let recordCount = bytes.count / Int(tls_maximum_content_size) + 1
        let size = bytes.count + recordCount * Int(tls_maximum_overhead_size)
        let result = unsafe append(atMost: size, to: &records) { room, count in
            unsafe outcome {
                unsafe tls_session_write(session, bytes.baseAddress, bytes.count, room, size, &count, $0)
            }
        }
        // With a peer that wants small records, there are more of them.
        unsafe takeOutput { unsafe records.append(copying: $0) }
        return result
    }

    /// Appends the bytes that `body` writes to `writer`.
    ///
    /// - Parameters:
    ///   - size: The largest number of bytes that `body` writes.
    ///   - body: Writes to the memory that it gets, and sets the number of bytes written.
    @unsafe
    private func append(
        atMost size: Int,
        to writer: inout ByteWriter,
        _ body: (UnsafeMutableRawPointer?, inout Int) -> Outcome
    ) -> Outcome {
        let start = writer.count
        var count = 0
        writer.advance(by: size)
        let result = unsafe writer.withUnsafeBytes { written in
            // Only the writer refers to these bytes, and this function has exclusive access to the writer.
            let room = unsafe UnsafeMutableRawPointer(mutating: written.baseAddress)?.advanced(by: start)
            return unsafe body(room, &count)
        }
        writer.truncate(to: start + count)
        return result
    }

    /// Makes a close_notify record, which tells the peer that no output follows.
    func end() {
        unsafe tls_session_end(session)
    }

    /// Calls `body` with the other records to send, unless there are none.
    func takeOutput(_ body: (UnsafeRawBufferPointer) -> Void) {
        var count = 0
        guard let start = unsafe tls_session_output(session, &count), count > 0 else { return }
        unsafe body(UnsafeRawBufferPointer(start: start, count: count))
        unsafe tls_session_clear_output(session)
    }

    @unsafe
    private func outcome(_ body: (UnsafeMutablePointer<CChar>) -> tls_status) -> Outcome {
        var failure = ""
        switch unsafe TLSFailureText.read(into: &failure, body) {
        case tls_status_done: return .done
        case tls_status_needs_input: return .needsInput
        case tls_status_ended: return .ended
        case tls_status_bad_certificate: return .failed(failure, .certificate)
        case tls_status_incompatible: return .failed(failure, .incompatible)
        default: return .failed(failure, .other)
        }
    }
}
#endif
