internal import SwitchboardCalling
internal import SwitchboardCaptures
internal import SwitchboardFiles
internal import SwitchboardSpec

/// Prints what is found in a capture, each time with the connection, the time and the direction.
struct CapturePrinter {
    /// The number of digits of a fraction of a second: nanoseconds.
    private static let places = 9

    private let output: BufferedOutput
    private let text: DissectionText
    private let json: DissectionJSON?
    private let paint = Paint()
    /// The number of frames that were printed.
    private(set) var frames = 0
    /// The number of those that are malformed or incomplete.
    private(set) var wrong = 0
    /// The number of notices that say that frames may be lost.
    private(set) var mistakes = 0
    private var hasPrinted = false
    /// The last connection, with its ends in words.
    private var last: (number: Int, client: String, server: String)?
    /// The last time, in words.
    private var lastTime: (time: Timestamp, text: String?)?

    init(_ dissector: FrameDissector, json: Bool, showsSecrets: Bool, to output: BufferedOutput) {
        self.output = output
        text = DissectionText(dissector)
        self.json = json ? DissectionJSON(dissector, showsSecrets: showsSecrets) : nil
    }

    /// Prints `found`.
    mutating func print(_ found: CaptureDecoder.Found) throws {
        switch found.content {
        case .frame(let frame):
            frames += 1
            if !frame.frame.isWhole { wrong += 1 }
        case .notice(let notice, _): if notice.isMistake { mistakes += 1 }
        }
        if last?.number != found.connection.number {
            last = (found.connection.number, "\(found.connection.client)", "\(found.connection.server)")
        }
        if let time = found.time, time != lastTime?.time { lastTime = (time, time.text(places: Self.places)) }
        if let json { return try output.write(object(found, json).line) }
        if hasPrinted { try output.write("") }
        hasPrinted = true
        try output.write(paint.dim(heading(found)))
        switch found.content {
        case .frame(let frame):
            let lines = text.lines(frame.frame, number: frames, at: frame.offset)
            for line in lines { try output.write(line) }
        case .notice(let notice, let offset):
            let line = "\(notice.text), at offset \(offset) of the \(found.sender)"
            try output.write("  " + (notice.isMistake ? paint.mistake(line) : paint.dim(line)))
        }
    }

    private func heading(_ found: CaptureDecoder.Found) -> String {
        let (client, server) = ("client \(last?.client ?? "")", "server \(last?.server ?? "")")
        let ends = found.sender == .client ? "\(client) → \(server)" : "\(server) → \(client)"
        return "\(time(found) ?? "no time")  connection \(found.connection.number): \(ends)"
    }

    private func time(_ found: CaptureDecoder.Found) -> String? { found.time.flatMap { _ in lastTime?.text } }

    private func object(_ found: CaptureDecoder.Found, _ json: DissectionJSON) -> JSON {
        var members: [(key: String, value: JSON)] = [
            ("connection", .number("\(found.connection.number)")),
            ("time", time(found).map { .string($0) } ?? .null),
            ("client", .string(last?.client ?? "")),
            ("server", .string(last?.server ?? "")),
        ]
        switch found.content {
        case .frame(let frame): members += json.members(frame.frame, frame.bytes, at: frame.offset)
        case .notice(let notice, let offset):
            members.append(("offset", .number("\(offset)")))
            members.append(("from", .string(found.sender.rawValue)))
            members.append((notice.isMistake ? "problem" : "note", .string(notice.text)))
        }
        return .object(members)
    }
}
