import Foundation

/// Reads and writes the files of the tests.
enum TextFile {
    /// Whether the tests write golden files instead of comparing them.
    static var isRecording: Bool { ProcessInfo.processInfo.environment["RECORD_GOLDEN_FILES"] != nil }

    static func read(_ path: String) throws -> String {
        try String(contentsOf: URL(filePath: path), encoding: .utf8)
    }

    static func write(_ text: String, to path: String) throws {
        try text.write(to: URL(filePath: path), atomically: true, encoding: .utf8)
    }
}
