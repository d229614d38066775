package import ArgumentParser
import FoundationEssentials
package import Switchboard
import Synchronization

// A setting is declared once, at its option:
//
//     @Option(Setting("port", "PORT", \.port, "TCP port to listen on."))
//     var port: Setting<Int>
//
// Its help, its environment variable, its key in a file of settings, its default, its range and its errors follow from the
// declaration. The command line overrides the environment, which overrides the file. The default and the range of a property come
// from `ServerConfiguration`.

/// A setting: its declaration, and the text that the command line, the environment or the file of settings gives it.
package struct Setting<Value: SettingValue>: SettingSource {
    /// A property of the server's configuration.
    package typealias Property<Type> = WritableKeyPath<ServerConfiguration, Type> & Sendable

    package let option: String
    package let variable: String?
    package let property: String?
    package private(set) var given: String?
    package let summary: String
    package let isPath: Bool
    package let isReloadable: Bool
    /// The text of the default in the help: `60 s`.
    package let shownDefault: String?

    private let allowed: AllowedValues<Value>?
    private let defaultValue: Value?
    private let store: (@Sendable (Value, inout ServerConfiguration) -> Void)?

    private init(
        _ name: String,
        _ variable: String?,
        property: String?,
        _ allowed: AllowedValues<Value>?,
        default defaultValue: Value?,
        shown: String?,
        unit: String?,
        isPath: Bool = false,
        isReloadable: Bool = false,
        _ summary: String,
        store: (@Sendable (Value, inout ServerConfiguration) -> Void)?
    ) {
        option = "--" + name
        self.isPath = isPath
        self.isReloadable = isReloadable
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
    ///   - isPath: Whether the value is a path: in a file of settings, a relative path begins at the folder of that file.
    ///   - summary: What the setting does, in one or two sentences.
    package init(
        _ name: String,
        _ variable: String?,
        _ allowed: AllowedValues<Value>? = nil,
        default defaultValue: Value? = nil,
        shown: String? = nil,
        unit: String? = nil,
        isPath: Bool = false,
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
            isPath: isPath,
            summary,
            store: nil
        )
    }

    /// A setting without a default that is not a property of the server's configuration.
    package init(_ name: String, _ variable: String?, isPath: Bool = false, _ summary: String) {
        self.init(name, variable, nil, default: nil, isPath: isPath, summary)
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
            isReloadable: ServerConfiguration.isChangeable(path),
            summary
        ) { $1[keyPath: path] = $0 }
    }

    /// A setting of a property of the server's configuration that has no value by default.
    package init(
        _ name: String,
        _ variable: String,
        _ path: any Property<Value?>,
        isPath: Bool = false,
        _ summary: String
    ) {
        self.init(
            name,
            variable,
            property: nil,
            nil,
            default: nil,
            shown: nil,
            unit: nil,
            isPath: isPath,
            summary
        ) { $1[keyPath: path] = $0 }
    }

    /// What the setting does, its variable, its range and its default.
    package var help: String {
        Self.help(summary, variable, range, shownDefault.map { "default: \($0)" })
    }

    package var range: String? { allowed?.requirement(\.shown) }

    package var writtenDefault: String? { defaultValue?.written }

    package var written: String? { (try? givenValue() ?? defaultValue)?.written }

    /// The setting with `text` from the command line.
    package func given(_ text: String) -> Setting {
        var setting = self
        setting.given = text
        return setting
    }

    package func shown(_ text: String) -> String { Value.shown(text) }

    package func check() throws { _ = try givenValue() }

    package func applyValue(to configuration: inout ServerConfiguration) throws {
        store?(try value(), &configuration)
    }

    package func apply(to configuration: inout ServerConfiguration) throws {
        if let store, let value = try givenValue() { store(value, &configuration) }
    }

    /// The value that the command line, the environment or the file gives, or the default.
    ///
    /// - Throws: A `ValidationError` when the text is not an allowed value, or when the setting has neither a text nor
    ///   a default.
    package func value() throws -> Value {
        guard let value = try givenValue() ?? defaultValue else { throw error("is required") }
        return value
    }

    /// The value that the command line, the environment or the file gives; `nil` when none does.
    ///
    /// - Throws: A `ValidationError` when the text is not a value that is allowed.
    package func givenValue() throws -> Value? {
        guard let text else { return nil }
        if case .file(_, let value) = source, value.isQuoted, !Value.isText {
            throw error("must be a number: remove the quotes")
        }
        let value: Value
        do { value = try Value(settingText: text) } catch { throw self.error(error.description) }
        if let allowed, !allowed.contains(value) { throw error("must be \(allowed.requirement(\.shown))") }
        return value
    }
}

/// A flag that an environment variable or a file of settings can set too.
///
/// ArgumentParser gives a flag's property no place for the declaration. Each group of options keeps it in a static
/// property: `@Flag(tlsSwitch) var tls: Bool`, and `tlsSwitch.isOn(tls)`. The group lists it in ``SettingGroup/switches``.
package struct Switch: SettingSource {
    package let option: String
    package let variable: String?
    package private(set) var given: String?
    package let summary: String

    package init(_ name: String, _ variable: String, _ summary: String) {
        option = "--" + name
        self.variable = variable
        self.summary = summary
    }

    /// What the flag does, and its variable.
    package var help: String { Self.help(summary, variable) }

    package var writtenDefault: String? { "false" }

    package var written: String? { (try? isOn(given != nil)).map { "\($0)" } }

    package func check() throws { _ = try isOn(given != nil) }

    /// The flag, which is on the command line or not.
    func given(_ isGiven: Bool) -> Switch {
        var flag = self
        flag.given = isGiven ? "true" : nil
        return flag
    }

    /// Whether the command line, the environment or the file sets the flag.
    ///
    /// - Parameter isGiven: Whether the flag is on the command line.
    /// - Throws: A `ValidationError` when the variable is neither 1, true or yes nor 0, false or no, or the value in the file neither
    ///   true nor false.
    package func isOn(_ isGiven: Bool) throws -> Bool {
        if isGiven { return true }
        if case .file(_, let value) = source {
            switch (value.isQuoted, value.text) {
            case (false, "true"): return true
            case (false, "false"): return false
            default: throw error("must be true or false, without quotes")
            }
        }
        switch text?.lowercased() {
        case "1", "true", "yes": return true
        case nil, "0", "false", "no": return false
        default: throw error("must be 1 or 0 (true or false, yes or no)")
        }
    }

    /// The two ways to set the flag: `--tls (TLS=1)`.
    package var ways: String { "\(option) (\(variable.map(EnvironmentVariable.name) ?? "")=1)" }
}

/// A group of options of a server.
package protocol SettingGroup: ParsableArguments {
    /// The title of the group in the help.
    ///
    /// ArgumentParser's groups do not keep their titles.
    static var title: String { get }

    /// The declarations of the flags, by the names of their properties.
    static var switches: [String: Switch] { get }
}

extension SettingGroup {
    package static var switches: [String: Switch] { [:] }
}

// MARK: - Sources of values

/// A setting or a flag: the command line, the environment and the file of settings give it a text.
package protocol SettingSource: Sendable {
    /// The option, with its hyphens: `--max-connections`.
    var option: String { get }

    /// The environment variable: `MAX_CONNECTIONS`; `nil` when there is none.
    var variable: String? { get }

    /// The text on the command line; `nil` when the option is not there.
    var given: String? { get }

    /// What the setting does, in one or two sentences.
    var summary: String { get }

    /// The values that are allowed, as the end of a sentence after "must be"; `nil` when there is no range.
    var range: String? { get }

    /// The default with its unit, as the help shows it; `nil` when there is none.
    var shownDefault: String? { get }

    /// The default as a user would write it in a file of settings; `nil` when there is none.
    var writtenDefault: String? { get }

    /// The value in use as a user would write it in a file of settings, without secrets; `nil` when there is none.
    var written: String? { get }

    /// Whether the value is a path.
    var isPath: Bool { get }

    /// Whether a running server takes a new value from its file of settings.
    var isReloadable: Bool { get }

    /// Returns the form of a text in errors, without secrets.
    func shown(_ text: String) -> String

    /// The property of `ServerConfiguration` that the setting writes, by the name that errors have for it.
    var property: String? { get }

    /// Checks the text that the setting is given.
    ///
    /// - Throws: A `ValidationError` when the text is not a value that is allowed.
    func check() throws

    /// Writes the value that the setting is given into `configuration`.
    ///
    /// - Throws: A `ValidationError` when the text is not a value that is allowed.
    func apply(to configuration: inout ServerConfiguration) throws

    /// Writes the value that the setting is given, or its default, into `configuration`.
    ///
    /// - Throws: A `ValidationError` when the text is not a value that is allowed.
    func applyValue(to configuration: inout ServerConfiguration) throws
}

/// Where the text of a setting comes from.
enum SettingOrigin {
    /// The command line.
    case commandLine
    /// The environment variable with this name.
    case environment(String)
    /// The file of settings, which has this value.
    case file(SettingsFile, SettingsFile.Value)
}

extension SettingSource {
    package var property: String? { nil }

    package var range: String? { nil }

    package var shownDefault: String? { nil }

    package var isPath: Bool { false }

    package var isReloadable: Bool { false }

    package func shown(_ text: String) -> String { text }

    package func check() throws {}

    package func apply(to configuration: inout ServerConfiguration) throws {}

    package func applyValue(to configuration: inout ServerConfiguration) throws {}

    /// The key in a file of settings: `max-connections`.
    package var key: String { String(option.dropFirst(2)) }

    /// Where the text comes from; `nil` when the setting has none.
    var source: SettingOrigin? {
        if given != nil { return .commandLine }
        if let givenVariable { return .environment(givenVariable) }
        // An option of one command, such as `kick --user`, has no variable, and is not in the file.
        guard variable != nil, key != SettingsFile.ownKey, let file = SettingsFile.current else { return nil }
        return file[key].map { .file(file, $0) }
    }

    /// The text of the command line or, without one, of the environment or the file; `nil` when none gives one.
    package var text: String? {
        switch source {
        case nil: nil
        case .commandLine: given
        case .environment(let name): EnvironmentVariable.text(name)
        case .file(let file, let value): isPath ? file.resolved(value.text) : value.text
        }
    }

    /// Whether the text has a secret, which ``written`` does not show.
    var hasSecret: Bool { text.map { shown($0) != $0 } ?? false }

    /// The variable that gives the setting a text; `nil` when none does.
    private var givenVariable: String? {
        variable.flatMap { EnvironmentVariable.names(of: $0).first { EnvironmentVariable.text($0) != nil } }
    }

    /// Whether the text comes from the environment.
    package var isFromEnvironment: Bool {
        if case .environment = source { true } else { false }
    }

    /// The place of the value in the file of settings; `nil` when the text comes from elsewhere.
    package var place: String? {
        if case .file(let file, let value) = source { file.at(value.place) } else { nil }
    }

    /// The setting as the user gave it: `--port "x"`, `PORT="x"` or `net001.yaml:3:7: port "x"`; without a text, its names:
    /// `--port (PORT)`.
    package var origin: String {
        switch source {
        case nil: names
        case .commandLine: "\(option) \(shown(given ?? "").quoted)"
        case .environment(let name): "\(name)=\(shown(EnvironmentVariable.text(name) ?? "").quoted)"
        case .file(let file, let value): "\(file.at(value.place)): \(key) \(shown(value.text).quoted)"
        }
    }

    /// The option and the variable: `--port (PORT)`.
    package var names: String { variable.map { "\(option) (\(EnvironmentVariable.name(of: $0)))" } ?? option }

    /// The setting at the start of an error: its names, or its place in the file of settings.
    package var subject: String { place.map { "\($0): \(key)" } ?? names }

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
    /// Returns an error that names the settings from the environment and the file, which the user may not be aware of.
    ///
    /// - Parameter error: The error that the values of the settings led to.
    package func naming(in error: any Error) -> any Error {
        let notes = [
            Self.note(filter(\.isFromEnvironment), "the environment"),
            Self.note(filter { $0.place != nil }, "the configuration file"),
        ].compactMap(\.self)
        return notes.isEmpty ? error : CommandError("\(error) (\(notes.joined(separator: "; ")))")
    }

    private static func note(_ given: [any SettingSource], _ source: String) -> String? {
        if given.isEmpty { return nil }
        let origins = given.map(\.origin).joined(separator: " and ")
        let options = given.map(\.option).joined(separator: " and ")
        let verb = given.count == 1 ? ("comes", "overrides it") : ("come", "override them")
        return "\(origins) \(verb.0) from \(source); \(options) \(verb.1)"
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

    /// The variables that count only with the prefix, because other programs have variables of these names.
    private static let neverShort: Set = ["CONFIG"]

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
        return [names.prefix + variable] + (names.areShort && !neverShort.contains(variable) ? [variable] : [])
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

extension OptionGroup: GroupHolder {
    fileprivate var group: any ParsableArguments { wrappedValue }
}

private protocol GroupHolder {
    var group: any ParsableArguments { get }
}

extension Flag<Bool> {
    /// The flag of `declaration`, with its help.
    package init(_ declaration: Switch) {
        let name = NameSpecification.customLong(String(declaration.option.dropFirst(2)))
        self.init(wrappedValue: false, name: name, help: ArgumentHelp(declaration.help))
    }
}

/// Settings with the title of their group in the help.
package struct SettingSection {
    /// The title; `nil` for settings that stand in no group.
    package let title: String?
    /// The settings, in the order of the help.
    package var settings: [any SettingSource]
}

extension ParsableArguments {
    /// The settings that this command or group of options declares, and those of its groups.
    package var settings: [any SettingSource] { sections.flatMap(\.settings) }

    /// The settings of this command or group of options, by the groups of the help.
    package var sections: [SettingSection] {
        let own = self as? any SettingGroup
        var sections = [SettingSection(title: own?.title, settings: [])]
        for child in Mirror(reflecting: self).children {
            switch child.value {
            case let holder as any SettingHolder: sections[0].settings.append(holder.setting)
            case let flag as Flag<Bool>:
                // The property of a wrapper has the name of the wrapped one behind an underscore.
                let name = String(child.label?.dropFirst() ?? "")
                guard let declaration = own?.declaration(name) else { continue }
                sections[0].settings.append(declaration.given(flag.wrappedValue))
            case let holder as any GroupHolder: sections += holder.group.sections
            default: break
            }
        }
        return sections.filter { !$0.settings.isEmpty }
    }

    /// The group of options of a type that this command has, itself or in one of its groups; `nil` when it has none.
    func group<Group: ParsableArguments>(_ type: Group.Type) -> Group? {
        if let group = self as? Group { return group }
        for case let child as any GroupHolder in Mirror(reflecting: self).children.map(\.value) {
            if let found = child.group.group(type) { return found }
        }
        return nil
    }
}

extension SettingGroup {
    fileprivate var title: String { Self.title }

    fileprivate func declaration(_ name: String) -> Switch? { Self.switches[name] }
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

    /// Whether values are text, which may have quotes in a file of settings.
    static var isText: Bool { get }

    /// The value as a user would write it, without secrets: `60`.
    var written: String { get }

    /// Returns the form of a text in errors, without secrets.
    static func shown(_ text: String) -> String
}

/// What is wrong with the text of a setting: `is not an integer`.
package struct SettingProblem: Error {
    package let description: String
}

extension SettingValue {
    package static var highest: Self? { nil }

    package static var isText: Bool { true }

    package var written: String { shown }

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

    package static var isText: Bool { false }
}

extension Double: SettingValue {
    package init(settingText text: String) throws(SettingProblem) {
        guard let value = Double(decimal: text) else { throw SettingProblem(description: "is not a number") }
        self = value
    }

    package static var isText: Bool { false }

    /// Reads a decimal number; `init(_:)` also reads hexadecimal digits, and words such as `inf`.
    fileprivate init?(decimal text: String) {
        guard text.allSatisfy({ $0.isASCII && ($0.isWholeNumber || "+-.eE".contains($0)) }) else { return nil }
        self.init(text)
    }

    /// The number, without a decimal point if it is an integer.
    package var shown: String { Int(exactly: self).map { "\($0)" } ?? "\(self)" }
}

/// A time in seconds, which may have a fraction.
extension Duration: SettingValue {
    /// A year.
    package static var highest: Duration? { .seconds(31_536_000) }

    package init(settingText text: String) throws(SettingProblem) {
        guard let seconds = Double(decimal: text) else {
            throw SettingProblem(description: "is not a number of seconds")
        }
        // The limits are outside every range, and within the range of the type.
        self = .seconds(min(max(seconds, -1e12), 1e12))
    }

    package static var isText: Bool { false }

    package var shown: String { "\(written) s" }

    package var written: String { (self / .seconds(1)).shown }
}

extension String: SettingValue {
    package init(settingText text: String) throws(SettingProblem) {
        guard !text.isEmpty else { throw SettingProblem(description: "must not be empty") }
        // The system would end a name or a path there.
        guard !text.utf8.contains(0) else { throw SettingProblem(description: "must not contain a null character") }
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
