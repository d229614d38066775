internal import SwitchboardCaptures
internal import SwitchboardFiles

/// What happens on the TCP connections of a capture, in the order of its packets.
struct CaptureEvents {
    private var reader: CaptureReader
    private var table: ConnectionTable
    private var progress: Progress
    /// Whether all packets were read: streams that end now go on behind the end of the capture.
    private(set) var isAtEnd = false
    private var problem: FileError?

    /// The events of the connections in `file`, whose first bytes, `first`, were already read.
    ///
    /// - Parameter port: The port of the server; `nil` for connections of all ports.
    /// - Throws: A `FileError` when the file is no capture.
    init(_ file: FileInput, first: [UInt8], port: Int?) throws(FileError) {
        reader = try CaptureReader(file, first: first)
        table = ConnectionTable(port: port)
        progress = Progress(size: file.size)
    }

    /// Returns what happens next; `nil` at the end of the capture.
    ///
    /// - Throws: A `FileError` when the capture is wrong, after everything before that place was returned.
    mutating func next() throws(FileError) -> [StreamEvent]? {
        if let problem { throw problem }
        if isAtEnd { return nil }
        do throws(FileError) {
            if let packet = try reader.next() {
                progress.update(reader.offset)
                return TCPSegment(packet).map { table.add($0) } ?? []
            }
        } catch {
            problem = error
        }
        isAtEnd = true
        progress.finish()
        return table.finish()
    }
}
