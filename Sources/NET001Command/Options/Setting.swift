import ArgumentParser
import Switchboard

/// The text of an option: from the command line or, without one there, from a variable of the environment.
///
/// Every option with a value is read by this type, so that a wrong value gets the same error wherever it comes from: one
/// line that names the option or the variable, the value, and what is allowed.
struct Setting {
    /// The option, with its hyphens: `--max-connections`.
    let option: String

    /// The variable: `MAX_CONNECTIONS`; `nil` when there is none.
    let variable: String?

    /// What was given; `nil` when neither the command line nor the environment gives a value.
    let text: String?

    /// Whether the text comes from the variable.
    let isFromEnvironment: Bool

    /// The longest time that a server's option takes, in seconds: a year.
    static let maximumSeconds = 31_536_000.0

    /// - Parameters:
    ///   - option: The option, with its hyphens.
    ///   - given: Its text on the command line, if it is there.
    ///   - variable: The variable that counts otherwise.
    init(_ option: String, _ given: String?, variable: String? = nil) {
        self.option = option
        self.variable = variable
        text = given ?? variable.flatMap(EnvironmentVariable.text)
        isFromEnvironment = given == nil && text != nil
    }

    /// The setting as it was given: `--port "x"` or `PORT="x"`; without a value, its names.
    var origin: String {
        switch (text, variable) {
        case (let text?, let variable?) where isFromEnvironment: "\(variable)=\(text.quoted)"
        case (let text?, _): "\(option) \(text.quoted)"
        case (nil, let variable?): "\(option) (\(variable))"
        case (nil, nil): option
        }
    }

    /// The error that says what the value must be, or what it is not: `must be at least 1`.
    func error(_ problem: String) -> ValidationError {
        ValidationError("\(origin) \(problem).")
    }

    /// The text.
    ///
    /// - Throws: A `ValidationError` when it is empty.
    func string() throws -> String? {
        if text?.isEmpty == true { throw error("must not be empty") }
        return text
    }

    /// The text as an integer.
    ///
    /// - Throws: A `ValidationError` when it is not one, or not in `range`.
    func integer(_ range: ClosedRange<Int> = .min ... .max) throws -> Int? {
        guard let text else { return nil }
        guard let value = Int(text) else {
            let digits = text.drop { $0 == "-" || $0 == "+" }
            let isNumber = !digits.isEmpty && digits.allSatisfy { $0.isASCII && $0.isNumber }
            throw error(isNumber ? "is out of range" : "is not an integer")
        }
        guard range.contains(value) else {
            throw error(
                range.upperBound == .max
                    ? "must be at least \(range.lowerBound)"
                    : "must be between \(range.lowerBound) and \(range.upperBound)"
            )
        }
        return value
    }

    /// The text as a number.
    ///
    /// - Parameters:
    ///   - range: What is allowed.
    ///   - unit: The unit of the number, for the error.
    ///   - excludesZero: Whether 0 is not allowed, although `range` begins there.
    /// - Throws: A `ValidationError` when it is not one, or not in `range`.
    func number(_ range: ClosedRange<Double>, unit: String = "", excludesZero: Bool = false) throws -> Double? {
        guard let text else { return nil }
        let unit = unit.isEmpty ? "" : " \(unit)"
        guard let value = Double(text) else { throw error("is not a number\(unit.isEmpty ? "" : " of")\(unit)") }
        guard range.contains(value), value > 0 || !excludesZero else {
            let (low, high) = (range.lowerBound.plain, range.upperBound.plain)
            throw error(
                excludesZero
                    ? "must be more than 0 and at most \(high)\(unit)" : "must be between \(low) and \(high)\(unit)"
            )
        }
        return value
    }

    /// The text as a time in seconds: `10`, `0.5`.
    ///
    /// - Throws: A `ValidationError` when it is not a number, negative, or more than a year.
    func seconds() throws -> Duration? {
        try number(0...Self.maximumSeconds, unit: "seconds").map { .seconds($0) }
    }

    /// The text as one of the names that a type has.
    ///
    /// - Throws: A `ValidationError` with all names when it is none of them.
    func choice<Value: RawRepresentable & CaseIterable>(
        of type: Value.Type = Value.self
    ) throws -> Value? where Value.RawValue == String {
        guard let text else { return nil }
        guard let value = Value(rawValue: text) else {
            let names = Value.allCases.map(\.rawValue)
            throw error("must be \(names.dropLast().joined(separator: ", ")) or \(names.last ?? "")")
        }
        return value
    }

    /// The text as the permissions of a file, in octal: `660`.
    ///
    /// - Throws: A `ValidationError` when it is not an octal number up to 777.
    func fileMode() throws -> UInt16? {
        guard let text else { return nil }
        guard let bits = UInt16(text, radix: 8), bits <= 0o777 else {
            throw error("must be an octal number between 0 and 777")
        }
        return bits
    }
}

extension Collection<Setting> {
    /// `error` with those of the settings that come from the environment, where the reader might not look for them.
    ///
    /// - Parameter error: What went wrong with the values of the settings.
    func naming(in error: any Error) -> any Error {
        let given = filter(\.isFromEnvironment)
        guard !given.isEmpty else { return error }
        let variables = given.map(\.origin).joined(separator: " and ")
        let options = given.map(\.option).joined(separator: " and ")
        let verb = given.count == 1 ? ("comes", "overrides it") : ("come", "override them")
        return CommandError("\(error) (\(variables) \(verb.0) from the environment; \(options) \(verb.1))")
    }
}

extension String {
    /// The text in quotes, on one line, with control characters escaped.
    var quoted: String { "\"\(Bytes(utf8: self).printable)\"" }
}

extension Double {
    /// The number without a fraction where it has none.
    fileprivate var plain: String { Int(exactly: self).map { "\($0)" } ?? "\(self)" }
}
