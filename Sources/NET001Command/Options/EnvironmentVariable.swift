import ArgumentParser
import Foundation

/// The variables of the environment that set what the command line does not.
enum EnvironmentVariable {
    /// The text of the variable `name`; `nil` when it is not set, or empty, as Compose files and shells leave it.
    static func text(_ name: String) -> String? {
        guard let text = ProcessInfo.processInfo.environment[name], !text.isEmpty else { return nil }
        return text
    }

    /// The value of the variable `name`; `nil` when it is not set, or empty.
    ///
    /// - Throws: A `ValidationError` that names the variable when its text is not a `Value`.
    static func value<Value: ExpressibleByArgument>(_ name: String, as type: Value.Type = Value.self) throws -> Value? {
        guard let text = text(name) else { return nil }
        guard let value = Value(argument: text) else {
            let kind = Value.self is any FixedWidthInteger.Type ? "an integer" : "valid"
            throw ValidationError("\(name)=\(text.quoted) is not \(kind).")
        }
        return value
    }

    /// Whether the variable `name` is set to 1, true or yes.
    ///
    /// - Throws: A `ValidationError` that names the variable when its text is neither that nor 0, false or no.
    static func flag(_ name: String) throws -> Bool {
        switch text(name)?.lowercased() {
        case "1", "true", "yes": true
        case nil, "0", "false", "no": false
        case let text?: throw ValidationError("\(name)=\(text.quoted) must be 1 or 0 (true or false, yes or no).")
        }
    }
}
