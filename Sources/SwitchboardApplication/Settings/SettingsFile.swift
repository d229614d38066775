import Glibc
import Switchboard
import SwitchboardTransport
import SwitchboardYAML
import Synchronization

/// A file of settings: a YAML mapping of options, without their hyphens, to values.
///
/// The command line and the environment override the file.
struct SettingsFile: Sendable {
    /// The value of a setting in the file.
    struct Value: Sendable {
        /// The text, without quotes.
        let text: String
        /// Whether the text has quotes: then it is not a number, `true` or `false`.
        let isQuoted: Bool
        /// The place of the value.
        let place: Place
    }

    /// A mistake in the file.
    struct Mistake: Sendable {
        /// What is wrong, and what to do.
        let message: String
        /// The place of the mistake; `nil` when the file cannot be read.
        let place: Place?
    }

    /// The limits of a file.
    private static let limits = YAMLLimits(fileBytes: 64 * 1024, nestingDepth: 4, nodes: 1000)

    /// The key that names the file itself.
    static let ownKey = "config"

    /// The path, as the command line or the environment gives it.
    let path: String

    /// The mistakes that concern no value of a known setting, in the order of the file.
    private(set) var mistakes: [Mistake] = []

    private var values: [String: Value] = [:]

    /// The places of the keys that were read.
    private var places: [String: Place] = [:]

    /// Reads the file at `path`.
    ///
    /// - Parameters:
    ///   - path: The path.
    ///   - keys: The settings that the file may have; `nil` allows all keys.
    init(path: String, keys: [String]?) {
        self.path = path
        let bytes: [UInt8]
        do throws(CommandError) {
            bytes = try Self.bytes(at: path)
        } catch {
            mistakes.append(Mistake(message: error.description, place: nil))
            return
        }
        do throws(YAMLError) {
            guard let root = try YAMLReader.read(bytes, within: Self.limits) else { return }
            guard case .mapping(let entries) = root.content else {
                report("the file must have lines such as `port: 5000`, not \(root.kind)", at: root.place)
                return
            }
            for entry in entries { add(entry, keys) }
        } catch {
            report(error.message, at: error.place)
        }
    }

    /// The value of the setting `name`; `nil` when the file has none.
    subscript(name: String) -> Value? { values[name] }

    private mutating func add(_ entry: Node.Entry, _ keys: [String]?) {
        guard let key = entry.key.scalar?.text else {
            return report("a key must be the name of a setting, not \(entry.key.kind)", at: entry.key.place)
        }
        if let keys, !keys.contains(key) {
            return report(
                "unknown setting \(String(key.prefix(100)).quoted)\(Self.advice(key, keys))",
                at: entry.key.place
            )
        }
        if let first = places[key] {
            let message = "\(key) is set twice: remove one of the two lines (the other one is line \(first.line))"
            return report(message, at: entry.key.place)
        }
        places[key] = entry.key.place
        guard let scalar = entry.value.scalar else {
            return report("\(key) must have a single value, not \(entry.value.kind)", at: entry.value.place)
        }
        guard !entry.value.isNothing else {
            return report("\(key) has no value: add one, or remove the line", at: entry.key.place)
        }
        values[key] = Value(text: scalar.text, isQuoted: !scalar.isPlain, place: entry.value.place)
    }

    private mutating func report(_ message: String, at place: Place) {
        mistakes.append(Mistake(message: message, place: place))
    }

    private static func advice(_ key: String, _ keys: [String]) -> String {
        if key == ownKey { return ": set it on the command line or in the environment" }
        let bare = String(key.drop { $0 == "-" })
        let meant = keys.contains(bare) ? bare : nearMiss(of: bare, among: keys)
        return meant.map { "; did you mean \($0.quoted)?" } ?? ""
    }

    /// Returns the text of a path in the file: a relative path begins at the folder of the file.
    func resolved(_ text: String) -> String {
        guard !text.hasPrefix("/"), let end = path.lastIndex(of: "/") else { return text }
        return path[...end] + text
    }

    /// Returns the file with a place: `/etc/net001.yaml:3:7`.
    func at(_ place: Place?) -> String {
        place.map { "\(path):\($0.line):\($0.column)" } ?? path
    }

    // MARK: Reading

    /// Returns the content of a regular file.
    private static func bytes(at path: String) throws(CommandError) -> [UInt8] {
        // Opening a pipe without O_NONBLOCK would wait for a writer.
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw CommandError("cannot be opened: \(TransportError.text(for: errno))") }
        defer { close(descriptor) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw CommandError("is not a regular file")
        }
        // One byte more than allowed, so that the reader reports a file that is too large.
        let limit = limits.fileBytes + 1
        var bytes = [UInt8](repeating: 0, count: limit)
        var count = 0
        while count < limit {
            let read = unsafe bytes.withUnsafeMutableBytes { buffer in
                let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[count...])
                return unsafe Glibc.read(descriptor, rest.baseAddress, rest.count)
            }
            if read < 0 { throw CommandError("cannot be read: \(TransportError.text(for: errno))") }
            if read == 0 { break }
            count += read
        }
        return Array(bytes.prefix(count))
    }
}

// MARK: - The file of the process

extension SettingsFile {
    private static let shared = Mutex<SettingsFile?>(nil)

    /// The file to check instead of the one in use, for the current task.
    @TaskLocal private static var candidate: SettingsFile?

    /// The file from which settings take their values; `nil` for none.
    static var current: SettingsFile? { candidate ?? shared.withLock(\.self) }

    /// Lets settings take their values from `file`; `nil` for no file.
    static func use(_ file: SettingsFile?) {
        shared.withLock { $0 = file }
    }

    /// Calls `work`, in which settings take their values from this file.
    func whileCurrent<Result>(_ work: () throws -> Result) rethrows -> Result {
        try Self.$candidate.withValue(self) { try work() }
    }
}
