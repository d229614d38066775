internal import SwitchboardSpec

extension Comparer {
    mutating func compareMessages() {
        let pairs = messagePairs()
        for (old, new) in pairs { messageNames[old.name.value] = new.name.value }
        let (oldNames, newNames) = (Set(pairs.map(\.0.name.value)), Set(pairs.map(\.1.name.value)))
        let added = new.allMessages.filter { !newNames.contains($0.name.value) }
        var reused: Set<String> = []
        for message in old.allMessages where !oldNames.contains(message.name.value) {
            if let other = added.first(where: { takesCode(of: message, $0) }) {
                reused.insert(other.name.value)
                let text = "the code of `\(message.name.value)`, which is removed, belongs to `\(other.name.value)` now"
                report(.codeReused, .both, text, scope(message, other), message.code.place, other.code.place)
            } else {
                reportRemoval(of: message)
            }
        }
        for (old, new) in pairs { compare(old, new) }
        for message in added where !reused.contains(message.name.value) { reportAddition(of: message) }
    }

    /// Returns whether a receiver that knows `left` takes frames of `right` for it.
    private func takesCode(of left: MessageSpec, _ right: MessageSpec) -> Bool {
        // Of replies without a code, the request names the one that it expects.
        guard left.frame?.value == right.frame?.value, !old.frame(of: left).isOfReplies else { return false }
        return left.codeValues == right.codeValues && left.sender.includes(right.sender)
    }

    /// Pairs messages with one name, then those that have another name, and else the same code and the same fields.
    private func messagePairs() -> [(MessageSpec, MessageSpec)] {
        let byName = Dictionary(new.allMessages.map { ($0.name.value, $0) }) { first, _ in first }
        let oldNames = Set(old.allMessages.map(\.name.value))
        let others = new.allMessages.filter { !oldNames.contains($0.name.value) }
        var taken: Set<String> = []
        return old.allMessages.compactMap { message in
            if let same = byName[message.name.value] { return (message, same) }
            let renamed = others.first { isRename(message, $0) && !taken.contains($0.name.value) }
            return renamed.map { other in
                taken.insert(other.name.value)
                return (message, other)
            }
        }
    }

    private func isRename(_ left: MessageSpec, _ right: MessageSpec) -> Bool {
        guard left.frame?.value == right.frame?.value, left.codeValues == right.codeValues, left.sender == right.sender
        else {
            return false
        }
        return !trial { $0.compare(left, right) }.contains { $0.effect == .wire }
    }

    private func scope(_ left: MessageSpec, _ right: MessageSpec) -> Scope {
        Scope(
            kind: .message(oldTrailing: old.trailing(of: left), newTrailing: new.trailing(of: right)),
            name: left.name.value,
            owner: left.name.value,
            oldSender: left.sender,
            newSender: right.sender,
            oldPlace: left.name.place,
            newPlace: right.name.place,
            names: headerNames[old.frame(of: left).key] ?? [:]
        )
    }

    private mutating func reportRemoval(of message: MessageSpec) {
        let scope = Scope(
            kind: .nested,
            name: message.name.value,
            owner: message.name.value,
            oldSender: message.sender,
            newSender: nil,
            oldPlace: message.name.place,
            newPlace: new.locatedName.place
        )
        report(.messageRemoved, .oldToNew, "`\(message.name.value)` is removed", scope)
    }

    private mutating func reportAddition(of message: MessageSpec) {
        let scope = Scope(
            kind: .nested,
            name: message.name.value,
            owner: message.name.value,
            oldSender: nil,
            newSender: message.sender,
            oldPlace: old.locatedName.place,
            newPlace: message.name.place
        )
        let frame = new.frame(of: message)
        let text = "`\(message.name.value)` is new"
        if !frame.delimitsPayload {
            report(.messageAddedUnskippable, .newToOld, text + ", and old peers cannot skip its frames", scope)
        } else if message.checksumSeed != nil {
            report(
                .messageAddedUnskippable,
                .newToOld,
                text + ", and old peers find a wrong checksum in its frames",
                scope
            )
        } else if new.isHandled(message), !new.answersServer(message) {
            report(.messageAdded, .source, text, scope)
        } else {
            report(.messageAddedByServer, .compatible, text, scope)
        }
    }

    private mutating func compare(_ left: MessageSpec, _ right: MessageSpec) {
        let scope = scope(left, right)
        let name = "`\(left.name.value)`"
        if left.name.value != right.name.value {
            report(.messageRenamed, .source, "\(name) is now called `\(right.name.value)`", scope)
        }
        compareHead(left, right, name, scope)
        compare(old.layout(of: left), new.layout(of: right), scope)
        compareDuties(left, right, name, scope)
        compareLimits(left, right, name, scope)
        compareDeprecation(left.deprecated, right.deprecated, name, scope)
        compareDocs(left.doc, right.doc, name, scope)
        let isSameExample = left.examples.map(\.bytes.value) == right.examples.map(\.bytes.value)
        if !isSameExample || left.malformed.map(\.bytes.value) != right.malformed.map(\.bytes.value) {
            report(.examplesChanged, .compatible, "\(name) has other examples", scope)
        }
    }

    // MARK: Code, form and sender

    private mutating func compareHead(_ left: MessageSpec, _ right: MessageSpec, _ name: String, _ scope: Scope) {
        if left.frame?.value != right.frame?.value {
            report(.formChanged, .both, "\(name) is sent in frames of another form", scope)
        } else if left.codeValues != right.codeValues {
            let text = "\(name) has the code \(right.codeText), and had \(left.codeText)"
            report(.codeChanged, .both, text, scope, left.code.place, right.code.place)
        }
        if left.checksumSeed?.value != right.checksumSeed?.value {
            report(.checksumSeedChanged, .both, "\(name) has another `checksum-seed`", scope)
        }
        for end in Sender.ends where left.sender.includes(end) != right.sender.includes(end) {
            let text = "\(end == .client ? "clients" : "the server")"
            if right.sender.includes(end) {
                let directions = Directions(.newToOld, from: end)
                let change = "\(name) may come from \(text), too"
                report(.senderAdded, in: directions, change, scope, left.name.place, right.name.place)
            } else {
                let directions = Directions(.oldToNew, from: end)
                let change = "\(name) may no longer come from \(text)"
                report(.senderRemoved, in: directions, change, scope, left.name.place, right.name.place)
            }
        }
    }

    // MARK: Replies, stages and requirements

    private mutating func compareDuties(_ left: MessageSpec, _ right: MessageSpec, _ name: String, _ scope: Scope) {
        let reply = left.reply.map { messageNames[$0.value] ?? $0.value }
        if reply != right.reply?.value {
            let text =
                switch (reply, right.reply?.value) {
                case (nil, let new?): "is answered by `\(new)`"
                case (let old?, nil): "is no longer answered by `\(old)`"
                case (let old, let new): "is answered by `\(new ?? "")`, and was by `\(old ?? "")`"
                }
            let places = (left.reply?.place ?? left.name.place, right.reply?.place ?? right.name.place)
            // The reply goes in the other direction than the request.
            let replier: Sender = left.sender == .client ? .server : left.sender == .server ? .client : .both
            report(.replyChanged, in: Directions(.both, from: replier), "\(name) \(text)", scope, places.0, places.1)
        }
        let stages = [left, right].map { $0.then.map { "\($0.end?.rawValue ?? "") \($0.frame.value)" } }
        if stages[0] != stages[1] {
            report(.thenChanged, in: .all, "\(name) has another `then`", scope, left.name.place, right.name.place)
        }
        if left.requirement?.value != right.requirement?.value {
            let words = [left, right].map { $0.requirement?.value.rawValue ?? "what the server is configured to" }
            report(.requirementChanged, .behaviour, "\(name) requires \(words[1]), and required \(words[0])", scope)
        }
        if let since = left.since?.value, let other = right.since?.value, since != other {
            report(.sinceChanged, .behaviour, "\(name) has another `since`", scope)
        }
    }

    private mutating func compareLimits(_ left: MessageSpec, _ right: MessageSpec, _ name: String, _ scope: Scope) {
        let isWritten = left.trailing != nil || right.trailing != nil
        let (before, after) = (old.trailing(of: left), new.trailing(of: right))
        if isWritten, before != after {
            reportTrailing(after, name, scope, left.trailing?.place, right.trailing?.place)
        }
        guard left.maximumPayload != nil || right.maximumPayload != nil else { return }
        let oldLimit = min(left.maximumPayload?.value ?? .max, old.frame(of: left).maximumPayload)
        let newLimit = min(right.maximumPayload?.value ?? .max, new.frame(of: right).maximumPayload)
        reportLimits(oldLimit, newLimit, name, scope, left.maximumPayload?.place, right.maximumPayload?.place)
    }

    mutating func reportTrailing(_ after: TrailingBytes, _ name: String, _ scope: Scope, _ old: Place?, _ new: Place?) {
        switch after {
        case .ignore: report(.trailingIgnored, .compatible, "\(name) has `trailing: ignore`", scope, old, new)
        case .reject: report(.trailingRejected, .behaviour, "\(name) has `trailing: reject`", scope, old, new)
        }
    }

    mutating func reportLimits(
        _ oldLimit: UInt64,
        _ newLimit: UInt64,
        _ name: String,
        _ scope: Scope,
        _ old: Place?,
        _ new: Place?
    ) {
        guard oldLimit != newLimit else { return }
        let text = "\(name) has payloads of at most \(newLimit) bytes, and had \(oldLimit)"
        if newLimit < oldLimit {
            report(.payloadLimitLowered, .oldToNew, text, scope, old, new)
        } else {
            report(.payloadLimitRaised, .newToOld, text, scope, old, new)
        }
    }
}
