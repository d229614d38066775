internal import ArgumentParser
internal import SwitchboardCaptures
internal import SwitchboardFiles
internal import SwitchboardSpec
internal import SwitchboardTransport

/// Sends the requests of a capture to a server, and compares its replies: `switchboard replay SPEC CAPTURE --connect HOST:PORT`.
struct Replay: AsyncParsableCommand {
    /// The longest `--max-pause`, in seconds.
    private static let maximumPause = 86_400.0
    /// The number of descriptors besides those of connections.
    private static let otherDescriptors = 32

    static let configuration = CommandConfiguration(
        abstract: "Send the messages of the clients in a capture to a server, and compare what the server answers.",
        discussion: """
            Connections are replayed side by side, in the order of the capture: each message of a client is sent when everything \
            before it in the capture has arrived. The exit status is 1 if the server answers something else, or if a part of a \
            connection cannot be replayed.

            Example: switchboard replay protocol.yaml traffic.pcapng --connect localhost:6001
            """
    )

    @OptionGroup var spec: SpecOptions

    @Argument(
        help: .init("The capture, a file in the format pcap or pcapng; - is standard input.", valueName: "CAPTURE"),
        completion: .file(extensions: ["pcap", "pcapng"])
    )
    var capture: String

    @Option(
        help: .init("The server: a host name or an address, and a TCP port.", valueName: "HOST:PORT"),
        transform: ServerAddress.value
    )
    var connect: ServerAddress

    @OptionGroup var captures: CaptureOptions

    @Option(
        help: .init(
            """
            Do not compare a field (timestamp, Pong.timestamp, place.x), or skip a message of the server (Broadcast); repeat it for \
            more.
            """,
            valueName: "NAME"
        )
    )
    var ignore: [String] = []

    @Option(
        help: .init(
            "Pauses: with fast, each message is sent as soon as those before it have arrived; with real, after the pause of the capture.",
            valueName: "PACE"
        )
    )
    var pace = ReplayPace.fast

    @Option(
        parsing: .unconditional,
        help: .init("The longest pause with --pace real; longer ones are shortened.", valueName: "SECONDS")
    )
    var maxPause = 60.0

    @OptionGroup var connection: ConnectionOptions

    @OptionGroup var output: FrameOutputOptions

    func validate() throws {
        guard maxPause >= 0, maxPause <= Self.maximumPause else {
            throw ValidationError("--max-pause must be from 0 to \(Int(Self.maximumPause)) seconds")
        }
    }

    func run() async throws {
        let spec = try spec.read()
        let rules: IgnoreRules
        do { rules = try IgnoreRules(ignore, spec) } catch {
            throw VerbFailure(error.message)
        }
        let file = try FileInput(capture)
        var events = try CaptureEvents(file, first: try file.first(CaptureReader.magicBytes), port: captures.port)
        let dissector = FrameDissector(spec, showsSecrets: output.showSecrets)
        DescriptorLimit.raise(to: Replayer.maximumConnections + Self.otherDescriptors)
        var replayer = Replayer(
            try await connection.connector(to: connect),
            within: connection.duration,
            dissector,
            rules,
            pace == .real ? ReplayPauses(maximum: .milliseconds(Int64(maxPause * 1000))) : nil,
            ReplayPrinter(dissector, json: output.json, showsSecrets: output.showSecrets)
        )
        var problem: FileError?
        while true {
            let next: [StreamEvent]?
            do throws(FileError) { next = try events.next() } catch {
                problem = error
                break
            }
            guard let next else { break }
            for event in next { try await replayer.replay(event, isAtEnd: events.isAtEnd) }
        }
        let counts = replayer.counts
        if problem == nil, counts.sent + counts.equal + counts.missing == 0 {
            throw VerbFailure(nothing(counts))
        }
        try replayer.finish()
        if let problem { throw problem }
        if !counts.isEqual { throw ExitCode(1) }
    }

    /// Why nothing was replayed.
    private func nothing(_ counts: ReplayCounts) -> String {
        let place = captures.port.map { " with the port \($0)" } ?? ""
        if counts.connections == 0, counts.cutConnections > 0 {
            return "the capture has the beginning of no TCP connection\(place)"
        }
        return counts.connections == 0
            ? "the capture has no TCP connections\(place)" : "the capture has no message of a client\(place)"
    }
}
