import ArgumentParser
import Foundation
import Switchboard

/// One setting: its declaration, and the text that the command line or the environment gives it.
///
/// A setting is declared once, where its option is: `@Option(Setting("port", "PORT", \.port, "…")) var port: Setting`. Its
/// help, its variable, its default and its errors all follow from that. The command line overrides the environment.
struct Setting: Sendable, CustomStringConvertible {
    /// A property of the server's configuration.
    typealias Property<Value> = WritableKeyPath<ServerConfiguration, Value> & Sendable

    /// The option, with its hyphens: `--max-connections`.
    let option: String

    /// The environment variable: `MAX_CONNECTIONS`; `nil` when there is none.
    let variable: String?

    /// What the setting does, in one or two sentences; without its variable and its default.
    let summary: String

    /// The default, as help and documentation show it: `60 s`; empty when there is none.
    let description: String

    /// The default as a text that the option accepts: `60`; `nil` when there is none.
    let defaultText: String?

    /// The property of ``ServerConfiguration`` that an error of its validation names.
    let property: String?

    /// The text on the command line; `nil` when the option is not there.
    private(set) var given: String?

    private let store: (@Sendable (Setting, inout ServerConfiguration) throws -> Void)?

    /// The longest time that a server's option accepts, in seconds: a year.
    static let maximumSeconds = 31_536_000.0

    private init(
        _ name: String,
        _ variable: String?,
        _ summary: String,
        defaultText: String?,
        shown: String? = nil,
        unit: String? = nil,
        property: String?,
        store: (@Sendable (Setting, inout ServerConfiguration) throws -> Void)?
    ) {
        option = "--" + name
        self.variable = variable
        self.summary = summary
        self.defaultText = defaultText
        description = [shown ?? defaultText, unit].compactMap { $0 }.joined(separator: " ")
        self.property = property
        self.store = store
    }

    /// A setting that its command reads itself.
    ///
    /// - Parameters:
    ///   - name: The option, without its hyphens.
    ///   - variable: The environment variable, if there is one.
    ///   - summary: What the setting does.
    ///   - defaultText: The default as a text that the option accepts.
    ///   - shown: The default as help shows it, where that is another text.
    ///   - unit: The unit of the default.
    ///   - property: The property of ``ServerConfiguration`` that an error of its validation names, if it is one.
    init(
        _ name: String,
        _ variable: String?,
        _ summary: String,
        default defaultText: String? = nil,
        shown: String? = nil,
        unit: String? = nil,
        property: String? = nil
    ) {
        self.init(
            name,
            variable,
            summary,
            defaultText: defaultText,
            shown: shown,
            unit: defaultText == nil ? nil : unit,
            property: property,
            store: nil
        )
    }

    /// An integer of the server's configuration, whose validation knows the range.
    ///
    /// - Parameters:
    ///   - name: The option, without its hyphens.
    ///   - variable: The environment variable.
    ///   - path: The property that it sets.
    ///   - property: The name of the property, where it is not that of the option in camel case.
    ///   - unit: The unit of the value.
    ///   - shown: The default as help shows it, where it depends on the machine.
    ///   - summary: What the setting does.
    init(
        _ name: String,
        _ variable: String,
        _ path: any Property<Int>,
        property: String? = nil,
        unit: String? = nil,
        shown: String? = nil,
        _ summary: String
    ) {
        self.init(
            name,
            variable,
            summary,
            defaultText: "\(ServerConfiguration()[keyPath: path])",
            shown: shown,
            unit: unit,
            property: property ?? Self.camelCase(name)
        ) { setting, configuration in
            if let value = try setting.givenInteger() { configuration[keyPath: path] = value }
        }
    }

    /// A time of the server's configuration, in seconds.
    init(_ name: String, _ variable: String, _ path: any Property<Duration>, _ summary: String) {
        self.init(
            name,
            variable,
            summary,
            defaultText: Self.seconds(ServerConfiguration()[keyPath: path]),
            unit: "s",
            property: Self.camelCase(name)
        ) { setting, configuration in
            if let value = try setting.seconds() { configuration[keyPath: path] = value }
        }
    }

    /// A text of the server's configuration.
    init(_ name: String, _ variable: String, _ path: any Property<String>, _ summary: String) {
        self.init(
            name,
            variable,
            summary,
            defaultText: ServerConfiguration()[keyPath: path],
            property: Self.camelCase(name)
        ) { setting, configuration in
            if let value = try setting.string() { configuration[keyPath: path] = value }
        }
    }

    /// A text of the server's configuration that is absent by default.
    init(_ name: String, _ variable: String, _ path: any Property<String?>, property: String, _ summary: String) {
        self.init(name, variable, summary, defaultText: nil, property: property) {
            $1[keyPath: path] = try $0.string()
        }
    }

    /// The permissions of a file in the server's configuration, in octal.
    init(_ name: String, _ variable: String, _ path: any Property<UInt16>, _ summary: String) {
        self.init(
            name,
            variable,
            summary,
            defaultText: String(ServerConfiguration()[keyPath: path], radix: 8),
            property: Self.camelCase(name)
        ) { setting, configuration in
            if let value = try setting.fileMode() { configuration[keyPath: path] = value }
        }
    }

    /// Writes the value into `configuration`, when there is one.
    ///
    /// - Throws: A `ValidationError` when the text is not a value.
    func apply(to configuration: inout ServerConfiguration) throws {
        try store?(self, &configuration)
    }

    /// The setting with `text` from the command line.
    func given(_ text: String) -> Setting {
        var setting = self
        setting.given = text
        return setting
    }

    /// The text of the command line or, without one, of the environment; `nil` when neither gives a value.
    var text: String? { given ?? variable.flatMap(EnvironmentVariable.text) }

    /// Whether the text comes from the environment.
    var isFromEnvironment: Bool { given == nil && text != nil }

    /// A duration as the text that an option accepts: `60`, `0.5`.
    static func seconds(_ duration: Duration) -> String { plain(duration / .seconds(1)) }

    /// A number as the text that an option accepts, without a fraction where it has none.
    static func plain(_ number: Double) -> String { number.plain }

    /// `idleTimeout` for `idle-timeout`.
    private static func camelCase(_ name: String) -> String {
        let words = name.split(separator: "-")
        return words.dropFirst().reduce(words.first.map(String.init) ?? "") { $0 + $1.capitalized }
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

    /// The text, or the default.
    ///
    /// - Throws: A `ValidationError` when it is empty, or there is neither.
    func value() throws -> String {
        guard let value = try string() ?? defaultText else { throw error("is required") }
        return value
    }

    /// The text as an integer, or the default.
    ///
    /// - Throws: A `ValidationError` when it is not an integer or not in `range`, or there is neither.
    func integer(_ range: ClosedRange<Int> = .min ... .max) throws -> Int {
        guard let value = try givenInteger(range) ?? defaultText.flatMap({ Int($0) }) else {
            throw error("is required")
        }
        return value
    }

    /// The text as an integer; `nil` when there is none.
    ///
    /// - Throws: A `ValidationError` when it is not an integer, or not in `range`.
    func givenInteger(_ range: ClosedRange<Int> = .min ... .max) throws -> Int? {
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

    /// The text as a number, or the default.
    ///
    /// - Throws: As ``givenNumber(_:unit:excludesZero:)`` does, and when there is neither.
    func number(_ range: ClosedRange<Double>, unit: String = "", excludesZero: Bool = false) throws -> Double {
        let given = try givenNumber(range, unit: unit, excludesZero: excludesZero)
        guard let value = given ?? defaultText.flatMap({ Double($0) }) else { throw error("is required") }
        return value
    }

    /// The text as a number; `nil` when there is none.
    ///
    /// - Parameters:
    ///   - range: What is allowed.
    ///   - unit: The unit of the number, for the error.
    ///   - excludesZero: Whether 0 is not allowed, although `range` begins there.
    /// - Throws: A `ValidationError` when it is not one, or not in `range`.
    func givenNumber(_ range: ClosedRange<Double>, unit: String = "", excludesZero: Bool = false) throws -> Double? {
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
        try givenNumber(0...Self.maximumSeconds, unit: "seconds").map { .seconds($0) }
    }

    /// The text, or the default, as one of the names that a type has.
    ///
    /// - Throws: A `ValidationError` with all names when it is none of them.
    func choice<Value: RawRepresentable & CaseIterable>(
        of type: Value.Type = Value.self
    ) throws -> Value where Value.RawValue == String {
        guard let value = Value(rawValue: text ?? defaultText ?? "") else {
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

extension Option where Value == Setting {
    /// The option of `setting`, with help that names the variable and the default.
    ///
    /// - Parameter short: The letter of a short form: `-c`.
    init(_ setting: Setting, short: Character? = nil, valueName: String? = nil) {
        let origins = [
            setting.variable.map { "environment: \($0)" },
            setting.description.isEmpty ? nil : "default: \(setting.description)",
        ]
        let origin = origins.compactMap { $0 }.joined(separator: "; ")
        let help = origin.isEmpty ? setting.summary : "\(setting.summary) (\(origin))"
        var names: [NameSpecification.Element] = short.map { [.customShort($0)] } ?? []
        names.append(.customLong(String(setting.option.dropFirst(2))))
        self.init(
            wrappedValue: setting,
            name: NameSpecification(names),
            parsing: .unconditional,
            help: ArgumentHelp(help, valueName: valueName),
            transform: { setting.given($0) }
        )
    }
}

extension ParsableArguments {
    /// The settings that this group of options declares.
    var settings: [Setting] {
        Mirror(reflecting: self).children.compactMap { ($0.value as? Option<Setting>)?.wrappedValue }
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
    var quoted: String { "\"\(self.visible)\"" }
}

extension Double {
    /// The number without a fraction where it has none.
    fileprivate var plain: String { Int(exactly: self).map { "\($0)" } ?? "\(self)" }
}
