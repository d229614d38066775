package import ArgumentParser
import Foundation
package import Switchboard
import Synchronization

// A setting is declared once, at its option:
//
//     @Option(Setting("port", "PORT", \.port, "TCP port to listen on."))
//     var port: Setting<Int>
//
// Its help, its environment variable, its default, its range and its errors follow from the declaration. The command
// line overrides the environment. The default and the range of a property come from `ServerConfiguration`.

/// A setting: its declaration, and the text that the command line or the environment gives it.
package struct Setting<Value: SettingValue>: SettingSource {
    /// A property of the server's configuration.
    package typealias Property<Type> = WritableKeyPath<ServerConfiguration, Type> & Sendable

    package let option: String
    package let variable: String?
    package let property: String?
    package private(set) var given: String?

    private let summary: String
    private let allowed: AllowedValues<Value>?
    private let defaultValue: Value?
    /// The text of the default in the help: `60 s`.
    private let shownDefault: String?
    private let store: (@Sendable (Value, inout ServerConfiguration) -> Void)?

    private init(
        _ name: String,
        _ variable: String?,
        property: String?,
        _ allowed: AllowedValues<Value>?,
        default defaultValue: Value?,
        shown: String?,
        unit: String?,
        _ summary: String,
        store: (@Sendable (Value, inout ServerConfiguration) -> Void)?
    ) {
        option = "--" + name
        self.variable = variable
        self.property = property
        self.allowed = Value.highest.flatMap { allowed?.atMost($0) } ?? allowed
        self.defaultValue = defaultValue
        let text = shown ?? defaultValue?.shown
        shownDefault = text.map { [$0, unit].compactMap(\.self).joined(separator: " ") }
        self.summary = summary
        self.store = store
    }

    /// A setting that is not a property of the server's configuration: its command reads the value.
    ///
    /// - Parameters:
    ///   - name: The option, without its hyphens.
    ///   - variable: The environment variable, if there is one.
    ///   - allowed: The allowed values; `nil` allows all values.
    ///   - defaultValue: The default, if there is one.
    ///   - shown: The text of the default in the help, if the default is not a single value.
    ///   - unit: The unit of the default, where its type does not say it.
    ///   - summary: What the setting does, in one or two sentences.
    package init(
        _ name: String,
        _ variable: String?,
        _ allowed: AllowedValues<Value>? = nil,
        default defaultValue: Value? = nil,
        shown: String? = nil,
        unit: String? = nil,
        _ summary: String
    ) {
        self.init(
            name,
            variable,
            property: nil,
            allowed,
            default: defaultValue,
            shown: shown,
            unit: unit,
            summary,
            store: nil
        )
    }

    /// A setting without a default that is not a property of the server's configuration.
    package init(_ name: String, _ variable: String?, _ summary: String) {
        self.init(name, variable, nil, default: nil, summary)
    }

    /// A setting of a property of the server's configuration, with the property's default and range.
    ///
    /// - Parameters:
    ///   - name: The option, without its hyphens.
    ///   - variable: The environment variable.
    ///   - path: The property.
    ///   - shown: The text of the default in the help, if the default depends on the machine.
    ///   - unit: The unit of the default, where its type does not say it.
    ///   - summary: What the setting does, in one or two sentences.
    package init(
        _ name: String,
        _ variable: String,
        _ path: any Property<Value>,
        shown: String? = nil,
        unit: String? = nil,
        _ summary: String
    ) {
        let rule = ServerConfiguration.rule(of: path)
        self.init(
            name,
            variable,
            property: rule?.property,
            rule?.allowed,
            default: ServerOptions.defaults[keyPath: path],
            shown: shown,
            unit: unit,
            summary
        ) { $1[keyPath: path] = $0 }
    }

    /// A setting of a property of the server's configuration that has no value by default.
    package init(_ name: String, _ variable: String, _ path: any Property<Value?>, _ summary: String) {
        self.init(
            name,
            variable,
            property: nil,
            nil,
            default: nil,
            shown: nil,
            unit: nil,
            summary
        ) { $1[keyPath: path] = $0 }
    }

    /// What the setting does, its variable, its range and its default.
    package var help: String {
        Self.help(summary, variable, allowed?.requirement(\.shown), shownDefault.map { "default: \($0)" })
    }

    /// The setting with `text` from the command line.
    package func given(_ text: String) -> Setting {
        var setting = self
        setting.given = text
        return setting
    }

    package func shown(_ text: String) -> String { Value.shown(text) }

    package func check() throws { _ = try givenValue() }

    package func apply(to configuration: inout ServerConfiguration) throws {
        if let store, let value = try givenValue() { store(value, &configuration) }
    }

    /// The value that the command line or the environment gives, or the default.
    ///
    /// - Throws: A `ValidationError` when the text is not an allowed value, or when the setting has neither a text nor
    ///   a default.
    package func value() throws -> Value {
        guard let value = try givenValue() ?? defaultValue else { throw error("is required") }
        return value
    }

    /// The value that the command line or the environment gives; `nil` when neither does.
    ///
    /// - Throws: A `ValidationError` when the text is not a value that is allowed.
    package func givenValue() throws -> Value? {
        guard let text else { return nil }
        let value: Value
        do { value = try Value(settingText: text) } catch { throw self.error(error.description) }
        if let allowed, !allowed.contains(value) { throw error("must be \(allowed.requirement(\.shown))") }
        return value
    }
}

/// A flag that an environment variable can set too.
///
/// ArgumentParser gives a flag's property no place for the declaration. Each group of options keeps it in a static
/// property: `@Flag(tlsSwitch) var tls: Bool`, and `tlsSwitch.isOn(tls)`.
package struct Switch: SettingSource {
    package let option: String
    package let variable: String?
    package let given: String? = nil
    package let help: String

    package init(_ name: String, _ variable: String, _ summary: String) {
        option = "--" + name
        self.variable = variable
        help = Self.help(summary, variable)
    }

    /// Whether the command line or the environment sets the flag.
    ///
    /// - Parameter isGiven: Whether the flag is on the command line.
    /// - Throws: A `ValidationError` when the variable is neither 1, true or yes nor 0, false or no.
    package func isOn(_ isGiven: Bool) throws -> Bool {
        if isGiven { return true }
        switch text?.lowercased() {
        case "1", "true", "yes": return true
        case nil, "0", "false", "no": return false
        default: throw error("must be 1 or 0 (true or false, yes or no)")
        }
    }

    /// The two ways to set the flag: `--tls (TLS=1)`.
    package var ways: String { "\(option) (\(variable.map(EnvironmentVariable.name) ?? "")=1)" }
}

// MARK: - Sources of values

/// A setting or a flag: the command line and the environment give it a text.
package protocol SettingSource: Sendable {
    /// The option, with its hyphens: `--max-connections`.
    var option: String { get }

    /// The environment variable: `MAX_CONNECTIONS`; `nil` when there is none.
    var variable: String? { get }

    /// The text on the command line; `nil` when the option is not there.
    var given: String? { get }

    /// Returns the form of a text in errors, without secrets.
    func shown(_ text: String) -> String

    /// The property of `ServerConfiguration` that the setting writes, by the name that errors have for it.
    var property: String? { get }

    /// Checks the text that the command line or the environment gives.
    ///
    /// - Throws: A `ValidationError` when the text is not a value that is allowed.
    func check() throws

    /// Writes the value that the command line or the environment gives into `configuration`.
    ///
    /// - Throws: A `ValidationError` when the text is not a value that is allowed.
    func apply(to configuration: inout ServerConfiguration) throws
}

extension SettingSource {
    package var property: String? { nil }

    package func shown(_ text: String) -> String { text }

    package func check() throws {}

    package func apply(to configuration: inout ServerConfiguration) throws {}

    /// The text of the command line or, without one, of the environment; `nil` when neither gives one.
    package var text: String? { given ?? givenVariable.flatMap(EnvironmentVariable.text) }

    /// The variable that gives the setting a text; `nil` when none does.
    private var givenVariable: String? {
        variable.flatMap { EnvironmentVariable.names(of: $0).first { EnvironmentVariable.text($0) != nil } }
    }

    /// Whether the text comes from the environment.
    package var isFromEnvironment: Bool { given == nil && text != nil }

    /// The setting as the user gave it: `--port "x"` or `PORT="x"`; without a text, its names: `--port (PORT)`.
    package var origin: String {
        guard let text else { return names }
        let shown = shown(text).quoted
        return isFromEnvironment ? "\(givenVariable ?? "")=\(shown)" : "\(option) \(shown)"
    }

    /// The option and the variable: `--port (PORT)`.
    package var names: String { variable.map { "\(option) (\(EnvironmentVariable.name(of: $0)))" } ?? option }

    /// Returns an error about the value of the setting, with a problem such as `must be at least 1`.
    package func error(_ problem: String) -> ValidationError {
        ValidationError("\(origin) \(problem).")
    }

    fileprivate static func help(_ summary: String, _ variable: String?, _ notes: String?...) -> String {
        let all = ([variable.map { "environment: \(EnvironmentVariable.name(of: $0))" }] + notes).compactMap(\.self)
        return all.isEmpty ? summary : "\(summary) (\(all.joined(separator: "; ")))"
    }
}

extension Collection<any SettingSource> {
    /// Returns an error that names the settings from the environment, which the user may not be aware of.
    ///
    /// - Parameter error: The error that the values of the settings led to.
    package func naming(in error: any Error) -> any Error {
        let given = filter(\.isFromEnvironment)
        guard !given.isEmpty else { return error }
        let variables = given.map(\.origin).joined(separator: " and ")
        let options = given.map(\.option).joined(separator: " and ")
        let verb = given.count == 1 ? ("comes", "overrides it") : ("come", "override them")
        return CommandError("\(error) (\(variables) \(verb.0) from the environment; \(options) \(verb.1))")
    }
}

/// The environment of the process.
package enum EnvironmentVariable {
    private struct Names {
        /// What the names begin with: `CHAT_`.
        var prefix = EnvironmentVariable.prefix(of: CommandLine.arguments.first ?? "")
        /// Whether a variable also counts without the prefix.
        var areShort = false
    }

    private static let names = Mutex(Names())

    /// Lets the names of variables begin with that of the program, or also have their short form: `NET001_PORT` and `PORT`.
    ///
    /// Without a call, the names begin with the name of the executable.
    package static func setNames(of program: String, orShort: Bool) {
        names.withLock { $0 = Names(prefix: prefix(of: program), areShort: orShort) }
    }

    /// The name of the variable for help and errors: the shortest that counts.
    static func name(of variable: String) -> String { names(of: variable).last ?? variable }

    /// The names of the variable, of which the first that is set counts.
    static func names(of variable: String) -> [String] {
        let names = names.withLock(\.self)
        if variable.hasPrefix(names.prefix) { return [variable] }
        return [names.prefix + variable] + (names.areShort ? [variable] : [])
    }

    private static func prefix(of program: String) -> String {
        let name = program.split(separator: "/").last ?? ""
        return String(name.uppercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" }) + "_"
    }

    /// Returns the text of the variable `name`; `nil` when it is not set or empty, as in Compose files and shells.
    package static func text(_ name: String) -> String? {
        guard let text = ProcessInfo.processInfo.environment[name], !text.isEmpty else { return nil }
        return text
    }

    /// Returns the integer in the variable `name`; `nil` when it is not set or empty.
    ///
    /// - Throws: A `ValidationError` when the text is not an integer.
    package static func integer(_ name: String) throws -> Int? {
        guard let text = text(name) else { return nil }
        guard let value = Int(text) else { throw ValidationError("\(name)=\(text.quoted) is not an integer.") }
        return value
    }
}

// MARK: - Options

extension Option {
    /// The option of `setting`, with its help.
    ///
    /// - Parameter short: The letter of a short form: `-c`.
    package init<Type>(_ setting: Setting<Type>, short: Character? = nil, valueName: String? = nil)
    where Value == Setting<Type> {
        var names: [NameSpecification.Element] = short.map { [.customShort($0)] } ?? []
        names.append(.customLong(String(setting.option.dropFirst(2))))
        self.init(
            wrappedValue: setting,
            name: NameSpecification(names),
            parsing: .unconditional,
            help: ArgumentHelp(setting.help, valueName: valueName),
            transform: { setting.given($0) }
        )
    }
}

extension Option: SettingHolder where Value: SettingSource {
    fileprivate var setting: any SettingSource { wrappedValue }
}

private protocol SettingHolder {
    var setting: any SettingSource { get }
}

extension OptionGroup: SettingGroup {
    fileprivate var settings: [any SettingSource] { wrappedValue.settings }
}

private protocol SettingGroup {
    var settings: [any SettingSource] { get }
}

extension Flag<Bool> {
    /// The flag of `declaration`, with its help.
    package init(_ declaration: Switch) {
        let name = NameSpecification.customLong(String(declaration.option.dropFirst(2)))
        self.init(wrappedValue: false, name: name, help: ArgumentHelp(declaration.help))
    }
}

extension ParsableArguments {
    /// The settings that this command or group of options declares, and those of its groups.
    package var settings: [any SettingSource] {
        Mirror(reflecting: self).children.flatMap { child -> [any SettingSource] in
            switch child.value {
            case let holder as any SettingHolder: [holder.setting]
            case let group as any SettingGroup: group.settings
            default: []
            }
        }
    }

    /// Checks the texts of all settings.
    ///
    /// - Throws: ``SettingErrors``, with every setting whose text is not an allowed value.
    package func checkSettings() throws {
        let messages = settings.compactMap { setting -> String? in
            do { try setting.check() } catch { return (error as? ValidationError)?.message ?? "\(error)" }
            return nil
        }
        if !messages.isEmpty { throw SettingErrors(messages: messages) }
    }
}

/// The settings of a command whose texts are not allowed values, each with one line.
package struct SettingErrors: Error {
    package let messages: [String]
}

// MARK: - Values

/// A type of settings, whose values are parsed from text.
package protocol SettingValue: Comparable, Sendable {
    /// Parses a text.
    ///
    /// - Throws: A ``SettingProblem`` with what is wrong with the text.
    init(settingText: String) throws(SettingProblem)

    /// The value in the help and in errors, with its unit if the type has one: `60 s`.
    var shown: String { get }

    /// The highest value of settings without a range; `nil` for no limit.
    static var highest: Self? { get }

    /// Returns the form of a text in errors, without secrets.
    static func shown(_ text: String) -> String
}

/// What is wrong with the text of a setting: `is not an integer`.
package struct SettingProblem: Error {
    package let description: String
}

extension SettingValue {
    package static var highest: Self? { nil }

    package static func shown(_ text: String) -> String { text }
}

extension Int: SettingValue {
    package init(settingText text: String) throws(SettingProblem) {
        if let value = Int(text) {
            self = value
            return
        }
        let digits = text.drop { $0 == "-" || $0 == "+" }
        let isNumber = !digits.isEmpty && digits.allSatisfy { $0.isASCII && $0.isNumber }
        throw SettingProblem(description: isNumber ? "is out of range" : "is not an integer")
    }

    package var shown: String { "\(self)" }
}

extension Double: SettingValue {
    package init(settingText text: String) throws(SettingProblem) {
        guard let value = Double(text), !value.isNaN else { throw SettingProblem(description: "is not a number") }
        self = value
    }

    /// The number, without a decimal point if it is an integer.
    package var shown: String { Int(exactly: self).map { "\($0)" } ?? "\(self)" }
}

/// A time in seconds, which may have a fraction.
extension Duration: SettingValue {
    /// A year.
    package static var highest: Duration? { .seconds(31_536_000) }

    package init(settingText text: String) throws(SettingProblem) {
        guard let seconds = Double(text), !seconds.isNaN else {
            throw SettingProblem(description: "is not a number of seconds")
        }
        // The limits are outside every range, and within the range of the type.
        self = .seconds(min(max(seconds, -1e12), 1e12))
    }

    package var shown: String { "\((self / .seconds(1)).shown) s" }
}

extension String: SettingValue {
    package init(settingText text: String) throws(SettingProblem) {
        guard !text.isEmpty else { throw SettingProblem(description: "must not be empty") }
        self = text
    }

    package var shown: String { self }

    /// The text in quotes, on one line, with control characters escaped.
    package var quoted: String { "\"\(visible)\"" }
}

/// The permissions of a file, in octal: `660`.
extension UInt16: SettingValue {
    package init(settingText text: String) throws(SettingProblem) {
        guard let bits = UInt16(text, radix: 8) else { throw SettingProblem(description: "is not an octal number") }
        self = bits
    }

    package var shown: String { String(self, radix: 8) }
}

/// A type whose values are a few names.
extension SettingValue where Self: RawRepresentable & CaseIterable, RawValue == String {
    package init(settingText text: String) throws(SettingProblem) {
        if let value = Self(rawValue: text) {
            self = value
            return
        }
        let names = Self.allCases.map(\.rawValue)
        let list = names.dropLast().joined(separator: ", ") + " or " + (names.last ?? "")
        throw SettingProblem(description: "must be \(list)")
    }

    package var shown: String { rawValue }

    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}
