import ArgumentParser
import Logging

/// The level and the format of the log.
struct LogOptions: SettingGroup {
    package static let title = "Logs"

    private static let debugSwitch = Switch(
        "debug",
        "DEBUG",
        "Log each frame and fault, up to a fixed number per second."
    )

    package static var switches: [String: Switch] { ["debug": debugSwitch] }

    @Flag(LogOptions.debugSwitch)
    var debug: Bool

    @Option(Setting("log-format", "LOG_FORMAT", default: .text, "Format of log lines: text or json."))
    var logFormat: Setting<LineLogHandler.Format>

    /// Returns a log that writes to standard error, with this label.
    func makeLogger(_ label: String) throws -> Logger {
        let format = try logFormat.value()
        var logger = Logger(label: label, factory: { LineLogHandler(label: $0, format: format) })
        logger.logLevel = try Self.debugSwitch.isOn(debug) ? .debug : .info
        return logger
    }
}
