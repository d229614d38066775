import ArgumentParser
import Logging

/// What is logged, and how.
struct LogOptions: ParsableArguments {
    @Flag(help: "Log every fault and frame, up to a number a second. (environment: DEBUG)")
    var debug = false

    @Option(help: "How a line of the log is written: text or json. (environment: LOG_FORMAT; default: text)")
    var logFormat: LineLogHandler.Format?

    func makeLogger() throws -> Logger {
        let format = try logFormat ?? EnvironmentVariable.value("LOG_FORMAT") ?? .text
        var logger = Logger(label: "net001", factory: { LineLogHandler(label: $0, format: format) })
        let isVerbose = try debug || EnvironmentVariable.flag("DEBUG")
        logger.logLevel = isVerbose ? .debug : .info
        return logger
    }
}

extension LineLogHandler.Format: ExpressibleByArgument {}
