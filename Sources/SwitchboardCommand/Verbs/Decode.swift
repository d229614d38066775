internal import ArgumentParser
internal import SwitchboardCalling
internal import SwitchboardCaptures
internal import SwitchboardFiles
internal import SwitchboardSpec
internal import SwitchboardVocabulary
internal import SwitchboardYAML

/// Shows the frames of a stream: `switchboard decode SPEC [FILE | - | HEX…]`.
struct Decode: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show the frames in bytes: each field with its place, its type and its value.",
        discussion: """
            The bytes are hexadecimal digits on the command line, or a file with hexadecimal digits, with the bytes themselves, or \
            with a capture of network traffic (pcap or pcapng). The exit status is 1 if a frame is malformed, or the last one is \
            incomplete.

            Example: switchboard decode protocol.yaml traffic.pcap --port 6001
            """
    )

    @OptionGroup var spec: SpecOptions

    @Argument(
        help: .init("A file, - for standard input (the default), or hexadecimal digits.", valueName: "FILE|HEX"),
        completion: .file()
    )
    var input: [String] = []

    @Option(
        help: .init(
            "The end that sent the bytes; both if each frame may be of either end.",
            valueName: "END"
        )
    )
    var from = StreamEnd.both

    @Option(
        help: .init(
            "What the file has. By default, captures are recognized, and a file with nothing but hexadecimal digits is hex.",
            valueName: "FORMAT"
        )
    )
    var inputFormat: InputFormat?

    @Option(help: .init("The form of the first frame, for bytes from the middle of a connection.", valueName: "NAME"))
    var frame: String?

    @OptionGroup var captures: CaptureOptions

    @Flag(help: "Process each line of the file by itself.")
    var lines = false

    @OptionGroup var display: FrameOutputOptions

    func run() throws {
        let spec = try spec.read()
        if let frame, !spec.allFrames.contains(where: { $0.key == frame }) {
            let names = spec.allFrames.map(\.key)
            throw ValidationError("the spec has no frame `\(frame.visible)`\(didYouMean(frame, among: names))")
        }
        let dissector = FrameDissector(spec, showsSecrets: display.showSecrets, notesAllParts: !display.json)
        let conversation = ConversationDissector(dissector, form: frame)
        guard let file = try BytesInput.file(input, format: inputFormat) else {
            guard !lines else { throw ValidationError("--lines is for files") }
            return try decode(try BytesInput(digits: input), conversation, dissector, to: BufferedOutput())
        }
        let output = BufferedOutput()
        file.beforeReading = { () throws(FileError) in try output.flush() }
        if lines {
            guard inputFormat ?? .hex == .hex else { throw ValidationError("--lines is for hexadecimal digits") }
            return try decodeLines(of: file, conversation, dissector, to: output)
        }
        let first = try file.first(CaptureReader.magicBytes)
        guard inputFormat == .capture || inputFormat == nil && CaptureReader.recognizes(first) else {
            let bytes = try BytesInput(file, first: first, format: inputFormat)
            return try decode(bytes, conversation, dissector, to: output)
        }
        guard from == .both else {
            throw ValidationError("--from is not for captures: packets say which end sent them")
        }
        let printer = CapturePrinter(dissector, json: display.json, showsSecrets: display.showSecrets, to: output)
        let decoder = CaptureDecoder(dissector, form: frame)
        var decoding = try CaptureDecoding(file, first: first, port: captures.port, decoder, printer, to: output)
        try decoding.run()
    }

    /// Prints the frames of one stream.
    private func decode(
        _ bytes: BytesInput,
        _ conversation: ConversationDissector,
        _ dissector: FrameDissector,
        to output: BufferedOutput
    ) throws {
        guard captures.port == nil else { throw ValidationError("--port is for captures") }
        var decoder = StreamDecoder(conversation, bytes, from: from.sender)
        var printer = StreamPrinter(dissector, json: display.json, showsSecrets: display.showSecrets, to: output)
        while let found = try decoder.next() { try printer.write(found) }
        try printer.finish()
    }

    /// Prints the first frame of each line of `file`.
    private func decodeLines(
        of file: FileInput,
        _ conversation: ConversationDissector,
        _ dissector: FrameDissector,
        to output: BufferedOutput
    ) throws {
        var lines = LineInput(file)
        var printer = StreamPrinter(dissector, json: display.json, showsSecrets: display.showSecrets, to: output)
        while let line = try lines.next() {
            let bytes: [UInt8]
            do throws(Hexadecimal.Problem) {
                bytes = try Hexadecimal.bytes(String(decoding: line, as: UTF8.self))
            } catch {
                throw FileError("cannot read \(file.name): line \(lines.count) must be \(error.message)")
            }
            var conversation = conversation
            let frame = conversation.next(in: bytes, from: from.sender)
            let size = frame.isComplete ? frame.size ?? bytes.count : bytes.count
            try printer.write(FoundFrame(offset: 0, bytes: Array(bytes.prefix(size)), frame: frame))
        }
        try printer.finish()
    }
}

/// The value of `--from`: the end that sent a stream.
enum StreamEnd: String, CaseIterable, ExpressibleByArgument {
    case client, server, both

    /// The same for dissectors.
    var sender: Sender {
        switch self {
        case .client: .client
        case .server: .server
        case .both: .both
        }
    }
}
