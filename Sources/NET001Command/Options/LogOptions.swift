import ArgumentParser
import Logging

/// What is logged, and how.
struct LogOptions: ParsableArguments {
    @Flag(help: "Log every fault and frame, up to a number a second. (environment: DEBUG)")
    var debug = false

    @Option(help: "How a line of the log is written: text or json. (environment: LOG_FORMAT; default: text)")
    var logFormat: String?

    func makeLogger() throws -> Logger {
        let setting = Setting("--log-format", logFormat, variable: "LOG_FORMAT")
        let format = try setting.choice() ?? LineLogHandler.Format.text
        var logger = Logger(label: "net001", factory: { LineLogHandler(label: $0, format: format) })
        let isVerbose = try debug || EnvironmentVariable.flag("DEBUG")
        logger.logLevel = isVerbose ? .debug : .info
        return logger
    }
}
