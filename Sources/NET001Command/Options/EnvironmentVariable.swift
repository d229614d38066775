import ArgumentParser
import Foundation

/// Options that the environment may set where the command line does not.
enum EnvironmentVariable {
    /// The value of the variable `name`, if it is set.
    ///
    /// - Throws: A `ValidationError` that names the variable when its value is no `Value`.
    static func value<Value: ExpressibleByArgument>(_ name: String, as type: Value.Type = Value.self) throws -> Value? {
        guard let text = ProcessInfo.processInfo.environment[name] else { return nil }
        guard let value = Value(argument: text) else {
            throw ValidationError("The environment variable \(name) is set to '\(text)', which is no \(Value.self).")
        }
        return value
    }

    /// Whether the variable `name` is set to yes: 1, true or yes.
    ///
    /// - Throws: A `ValidationError` that names the variable when its value says neither yes nor no.
    static func flag(_ name: String) throws -> Bool {
        switch try value(name, as: String.self)?.lowercased() {
        case "1", "true", "yes": true
        case nil, "", "0", "false", "no": false
        case let text?:
            throw ValidationError("The environment variable \(name) is set to '\(text)'; say 1 or 0.")
        }
    }
}
