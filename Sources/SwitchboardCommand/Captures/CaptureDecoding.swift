internal import SwitchboardFiles
internal import SwitchboardSpec

/// Prints the frames of a capture, from its file to the exit status.
struct CaptureDecoding {
    private let port: Int?
    private var events: CaptureEvents
    private var decoder: CaptureDecoder
    private var printer: CapturePrinter
    private let output: BufferedOutput

    /// The frames of the connections in `file`, whose first bytes, `first`, were already read.
    ///
    /// - Parameter port: The port of the server; `nil` for connections of all ports.
    /// - Throws: A `FileError` when the file is no capture.
    init(
        _ file: FileInput,
        first: [UInt8],
        port: Int?,
        _ decoder: CaptureDecoder,
        _ printer: CapturePrinter,
        to output: BufferedOutput
    ) throws(FileError) {
        self.port = port
        events = try CaptureEvents(file, first: first, port: port)
        self.decoder = decoder
        self.printer = printer
        self.output = output
    }

    /// Prints all frames.
    ///
    /// - Throws: A `VerbFailure` when a frame is wrong, or may be missing; a `FileError` when the capture is wrong, after everything
    ///   before that place was printed.
    mutating func run() throws {
        do {
            while let next = try events.next() {
                for event in next {
                    for found in decoder.add(event) { try printer.print(found) }
                }
            }
        } catch {
            try output.flush()
            throw error
        }
        try output.flush()
        try report()
    }

    private func report() throws {
        var problems: [String] = []
        if printer.frames == 0, printer.mistakes == 0 {
            let place = port.map { " with the port \($0)" } ?? ""
            problems.append("the capture has no bytes of TCP connections\(place)")
        }
        if printer.wrong > 0 {
            let verb = printer.wrong == 1 ? "is" : "are"
            problems.append("\(printer.wrong) of \(printer.frames) frames \(verb) malformed or incomplete")
        }
        if printer.mistakes > 0 {
            problems.append(
                "frames may be missing at \(printer.mistakes) \(printer.mistakes == 1 ? "place" : "places")"
            )
        }
        guard !problems.isEmpty else { return }
        throw VerbFailure(problems.joined(separator: ", and "))
    }
}
