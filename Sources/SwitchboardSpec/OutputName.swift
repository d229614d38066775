internal import SwitchboardVocabulary

/// The rule for the name of an output: a file, a folder, a prefix of names.
///
/// The name of a protocol may be any text. An output has that name unless the command line gives another one.
package enum OutputName {
    /// The largest number of characters of a name.
    private static let maximumLength = SpecLimits.nameLength

    /// The rule in words, for errors.
    package static let rule =
        "use at most \(maximumLength) letters, digits, `-` and `_`, and begin with a letter or a digit"

    /// Returns whether `name` can be the name of an output.
    package static func isName(_ name: String) -> Bool {
        guard 1...maximumLength ~= name.utf8.count, let first = name.utf8.first, isLetterOrDigit(first) else {
            return false
        }
        return name.utf8.allSatisfy { isLetterOrDigit($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") }
    }

    /// Returns why an output cannot have the name of the protocol of `spec`; `nil` if it can.
    ///
    /// The option `--name` of the command line gives it another name.
    package static func refusal(of spec: CheckedSpec) -> Diagnostic? {
        guard !isName(spec.name) else { return nil }
        return refusal(of: spec, "the rule for names of outputs is: \(rule)")
    }

    /// Returns the error that an output cannot have the name of the protocol of `spec`, because of `reason`.
    package static func refusal(of spec: CheckedSpec, _ reason: String) -> Diagnostic {
        let name = spec.name.visible(maximumLength: maximumLength)
        return Diagnostic(
            severity: .error,
            message: "the output cannot have the name of the protocol, `\(name)`: \(reason); "
                + "give another name with --name",
            place: spec.locatedName.place
        )
    }

    /// The name of the protocol of `spec` with `_` in place of `-`, for languages whose names have no `-`.
    package static func identifier(of spec: CheckedSpec) -> String {
        String(spec.name.map { $0 == "-" ? "_" : $0 })
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }
}
