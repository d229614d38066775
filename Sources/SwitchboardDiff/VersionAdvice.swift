internal import SwitchboardSpec

extension SpecComparison {
    /// What to change besides: which versions must rise, and what to reserve.
    package var advice: [String] {
        [specAdvice, reservationAdvice, packageAdvice].compactMap(\.self)
    }

    /// Whether frames have a version.
    private var hasVersion: Bool {
        new.spec.allFrames.contains { $0.header.contains { if case .version = $0.value.role { true } else { false } } }
    }

    /// Advice about `version` and `wire-version`.
    private var specAdvice: String? {
        let isRaised = new.spec.version != old.spec.version
        let next = (old.spec.version ?? 0) + 1
        switch effect {
        case .wire:
            if old.spec.wireVersion != new.spec.wireVersion, hasVersion { return nil }
            guard hasVersion else {
                return "frames have no `version`, so peers cannot notice that they differ: deploy both ends together, "
                    + "or undo what breaks the wire"
            }
            return isRaised
                ? "peers of the two versions must refuse each other: remove `wire-version`, so that frames have the version "
                    + "\(new.spec.version ?? next); or undo what breaks the wire"
                : "peers of the two versions must refuse each other: set `version: \(next)`"
                    + (old.spec.version == old.spec.wireVersion ? "" : ", and remove `wire-version`")
                    + "; or undo what breaks the wire"
        case .source, .behaviour, .compatible:
            let rules: Set<Rule> = [.documentationChanged, .examplesChanged]
            guard old.spec.version != nil, !isRaised, findings.contains(where: { !rules.contains($0.rule) }) else {
                return nil
            }
            let keep = hasVersion ? ", and keep `wire-version: \(old.spec.wireVersion ?? 0)`" : ""
            return "set `version: \(next)`\(keep); new fields and messages have `since: \(next)`"
        }
    }

    /// Advice about codes and names of removed messages that are not reserved.
    private var reservationAdvice: String? {
        let messages = old.spec.messages.filter { message in
            findings.contains { $0.rule == .messageRemoved && $0.old.place == message.name.place }
        }
        var entries: [String] = []
        for message in messages {
            let number = SpecInteger(magnitude: message.code.value)
            let isPlain = old.spec.frame(of: message).hasPlainCodes
            if isPlain, new.spec.reserved.numbers[number] == nil { entries.append(message.codeText) }
            if new.spec.reserved.names[message.name.value] == nil { entries.append(message.name.value) }
        }
        return entries.isEmpty ? nil : "add `reserved: [ \(entries.joined(separator: ", ")) ]` to the spec"
    }

    /// Advice about the version of the package that has the generated source.
    private var packageAdvice: String? {
        guard !findings.isEmpty else { return nil }
        let rules: Set<Rule> = [.documentationChanged, .examplesChanged]
        let part =
            effect >= .source ? "major" : findings.allSatisfy { rules.contains($0.rule) } ? "patch" : "minor"
        let note = part == "major" ? " (before 1.0.0, its minor version)" : ""
        return "raise the \(part) version of the package that has the generated source\(note)"
    }
}
