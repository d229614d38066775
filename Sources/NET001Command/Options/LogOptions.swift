import ArgumentParser
import Logging

/// The level and the format of the log.
struct LogOptions: ParsableArguments {
    @Flag(help: "Log each frame and fault, up to a fixed number per second. (environment: DEBUG)")
    var debug = false

    @Option(
        Setting(
            "log-format",
            "LOG_FORMAT",
            "Format of log lines: text or json.",
            default: LineLogHandler.Format.text.rawValue
        )
    )
    var logFormat: Setting

    func makeLogger() throws -> Logger {
        let format = try logFormat.choice(of: LineLogHandler.Format.self)
        var logger = Logger(label: "net001", factory: { LineLogHandler(label: $0, format: format) })
        let isVerbose = try debug || EnvironmentVariable.flag("DEBUG")
        logger.logLevel = isVerbose ? .debug : .info
        return logger
    }
}
