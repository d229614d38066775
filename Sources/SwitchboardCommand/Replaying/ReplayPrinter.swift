internal import SwitchboardCalling
internal import SwitchboardCaptures
internal import SwitchboardFiles
internal import SwitchboardSpec
internal import SwitchboardVocabulary

/// Prints how a server differs from a capture, and the numbers at the end.
struct ReplayPrinter {
    /// A message of the server in the capture.
    struct Expected {
        let connection: Int
        /// The number of the frame in the capture, as `decode` counts.
        let number: Int
        let time: Timestamp?
        let found: FoundFrame
    }

    /// The largest number of fields of a message that are printed.
    private static let maximumFields = 20

    private let json: DissectionJSON?
    private let text: PartText
    private let paint = Paint()
    private var hasPrinted = false

    init(_ dissector: FrameDissector, json: Bool, showsSecrets: Bool) {
        self.json = json ? DissectionJSON(dissector, showsSecrets: showsSecrets) : nil
        text = PartText(dissector)
    }

    /// Prints the fields in which a message of the server differs.
    mutating func print(_ expected: Expected, _ got: FoundFrame, fields: [FieldDifference]) throws {
        guard json == nil else {
            let names = JSON.array(fields.map { .string($0.field) })
            return try print("fields", expected, got, [("fields", names)])
        }
        var lines: [String] = []
        for field in fields.prefix(Self.maximumFields) {
            lines.append("  " + paint.name(field.field))
            lines += pair(field.texts.expected ?? "nothing", field.texts.got ?? "nothing", indentation: "    ")
        }
        if fields.count > Self.maximumFields { lines.append("  … and \(fields.count - Self.maximumFields) more") }
        try print([heading(expected)] + lines)
    }

    /// Prints a message that the server sent in place of another one.
    mutating func print(_ expected: Expected, otherMessage got: FoundFrame) throws {
        guard json == nil else { return try print("message", expected, got, []) }
        let lines = pair(text.text(of: expected.found.frame), text.text(of: got.frame), indentation: "  ")
        try print([heading(expected)] + lines)
    }

    /// Prints a message that the server did not send, and what came in place of it.
    mutating func print(_ expected: Expected, missing reason: String) throws {
        guard json == nil else { return try print("missing", expected, nil, [("reason", .string(reason))]) }
        let lines = pair(text.text(of: expected.found.frame), reason, indentation: "  ")
        try print([heading(expected)] + lines)
    }

    /// Prints a message of the server that the capture does not have.
    mutating func print(unexpected got: FoundFrame, on connection: Int) throws {
        guard let json else {
            let lines = pair("nothing", text.text(of: got.frame), indentation: "  ")
            return try print([paint.bold("connection \(connection): a message more than in the capture")] + lines)
        }
        let frame = json.object(got.frame, got.bytes, at: got.offset)
        let members: [(key: String, value: JSON)] = [
            ("difference", .string("unexpected")), ("connection", .number("\(connection)")), ("got", frame),
        ]
        try StandardOutput.write(JSON.object(members).line)
    }

    /// Prints that the server did not end a connection as in the capture.
    ///
    /// - Parameter number: The frame that the server did not read, if it is known.
    mutating func print(endOf connection: Int, expected: String, got: String, number: Int? = nil) throws {
        guard json != nil else {
            let lines = pair(expected, got, indentation: "  ")
            return try print([paint.bold("connection \(connection): the end")] + lines)
        }
        var members: [(key: String, value: JSON)] = [
            ("difference", .string("end")), ("connection", .number("\(connection)")),
        ]
        if let number { members.append(("number", .number("\(number)"))) }
        members.append(("reason", .string(got)))
        try StandardOutput.write(JSON.object(members).line)
    }

    /// Prints the numbers.
    mutating func print(_ counts: ReplayCounts) throws {
        if json != nil { return try StandardOutput.write(counts.object.line) }
        try print([counts.text])
    }

    private mutating func print(_ lines: [String]) throws {
        try StandardOutput.write((hasPrinted ? "\n" : "") + lines.joined(separator: "\n"))
        hasPrinted = true
    }

    private func print(
        _ kind: String,
        _ expected: Expected,
        _ got: FoundFrame?,
        _ more: [(key: String, value: JSON)]
    ) throws {
        guard let json else { return }
        func frame(_ found: FoundFrame) -> JSON { json.object(found.frame, found.bytes, at: found.offset) }
        var members: [(key: String, value: JSON)] = [
            ("difference", .string(kind)), ("connection", .number("\(expected.connection)")),
            ("number", .number("\(expected.number)")), ("time", expected.timeText.map { .string($0) } ?? .null),
        ]
        members += more + [("expected", frame(expected.found)), ("got", got.map(frame) ?? .null)]
        try StandardOutput.write(JSON.object(members).line)
    }

    private func heading(_ expected: Expected) -> String {
        let name = expected.found.frame.message?.name.value ?? "unknown message"
        let place = ", connection \(expected.connection)\(expected.timeText.map { ", \($0)" } ?? "")"
        return paint.bold("frame \(expected.number): \(name) from the server") + paint.dim(place)
    }

    private func pair(_ expected: String, _ got: String, indentation: String) -> [String] {
        ["\(indentation)expected  \(expected.visible)", "\(indentation)got       \(paint.mistake(got.visible))"]
    }
}

extension ReplayPrinter.Expected {
    /// The number of digits of a fraction of a second: nanoseconds.
    private static let places = 9

    fileprivate var timeText: String? { time?.text(places: Self.places) }
}
