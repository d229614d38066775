import FoundationEssentials
import Logging
import Switchboard

/// Writes each log message to standard error as one line, whatever text it contains.
struct LineLogHandler: LogHandler {
    /// The format of a line.
    enum Format: String, CaseIterable, SettingValue {
        /// The time, the level, the message, and its metadata as `key=value`.
        case text
        /// A JSON object with the metadata as members.
        case json
    }

    let label: String
    let format: Format
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level = .info

    init(label: String, format: Format) {
        self.label = label
        self.format = format
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var particulars = metadata
        if let own = event.metadata { particulars.merge(own) { $1 } }
        let (level, message, date) = (event.level, "\(event.message)", Date.now)
        LogWriter.shared.write { [format, particulars] droppedLines in
            var particulars = particulars
            if droppedLines > 0 { particulars["droppedLines"] = "\(droppedLines)" }
            let time = date.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
            return switch format {
            case .text: Self.textLine(time, level, message, particulars)
            case .json: Self.jsonLine(time, level, message, particulars)
            }
        }
    }

    private static func textLine(
        _ time: String,
        _ level: Logger.Level,
        _ message: String,
        _ particulars: Logger.Metadata
    ) -> String {
        let pairs = particulars.sorted { $0.key < $1.key }.map { " \($0.key)=\("\($0.value)".visible)" }
        return "\(time) \(level): \(message.visible)\(pairs.joined())"
    }

    private static func jsonLine(
        _ time: String,
        _ level: Logger.Level,
        _ message: String,
        _ particulars: Logger.Metadata
    ) -> String {
        var members = particulars.mapValues { "\($0)" }
        members["time"] = time
        members["level"] = "\(level)"
        members["message"] = message
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(members), let line = String(data: data, encoding: .utf8) else {
            return "{}"
        }
        return line
    }
}
