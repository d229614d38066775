internal import SwitchboardCaptures
internal import SwitchboardFiles
internal import SwitchboardSpec

/// Prints what is found in a capture, each time with the connection, the time and the direction.
struct CapturePrinter {
    /// The number of digits of a fraction of a second: nanoseconds.
    private static let places = 9

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

    init(_ dissector: FrameDissector, json: Bool, showsSecrets: Bool) {
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
        if let json { return try StandardOutput.write(object(found, json).line) }
        if hasPrinted { try StandardOutput.write("") }
        hasPrinted = true
        try StandardOutput.write(paint.dim(heading(found)))
        switch found.content {
        case .frame(let frame):
            let lines = text.lines(frame.frame, number: frames, at: frame.offset)
            for line in lines { try StandardOutput.write(line) }
        case .notice(let notice, let offset):
            let line = "\(notice.text), at offset \(offset) of the \(found.sender)"
            try StandardOutput.write("  " + (notice.isMistake ? paint.mistake(line) : paint.dim(line)))
        }
    }

    private func heading(_ found: CaptureDecoder.Found) -> String {
        let (client, server) = ("client \(found.connection.client)", "server \(found.connection.server)")
        let ends = found.sender == .client ? "\(client) → \(server)" : "\(server) → \(client)"
        return "\(time(found) ?? "no time")  connection \(found.connection.number): \(ends)"
    }

    private func time(_ found: CaptureDecoder.Found) -> String? { found.time?.text(places: Self.places) }

    private func object(_ found: CaptureDecoder.Found, _ json: DissectionJSON) -> JSON {
        var members: [(key: String, value: JSON)] = [
            ("connection", .number("\(found.connection.number)")),
            ("time", time(found).map { .string($0) } ?? .null),
            ("client", .string("\(found.connection.client)")),
            ("server", .string("\(found.connection.server)")),
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
