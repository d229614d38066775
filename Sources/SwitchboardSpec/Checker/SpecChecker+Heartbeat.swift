extension SpecChecker {
    /// The word in place of a heartbeat's name where clients are to send none.
    static let noHeartbeat = "none"

    /// Checks that a client can send the heartbeat without being told anything, and is answered.
    mutating func checkHeartbeat() {
        guard let name = spec.heartbeat else {
            warnOfMissingHeartbeat()
            return
        }
        guard name.value != Self.noHeartbeat, let message = find(name, "`heartbeat`") else { return }
        let problem = "`\(name.value)` cannot be the heartbeat"
        let notes = [note(of: message.name)]
        if name.value == errorName {
            diagnostics.error("\(problem): it answers faults; name a request", at: name.place)
            return
        }
        guard !spec.incomplete.contains(name.value) else { return }
        if message.sender == .server {
            let text = "\(problem), which clients send: give it `from: client`, or name another"
            diagnostics.error(text, at: name.place, notes: notes)
        } else if message.reply == nil {
            let text = "\(problem), as nothing answers it: give it a `reply`, or name another"
            diagnostics.error(text, at: name.place, notes: notes)
        }
        if message.deprecated != nil {
            diagnostics.error("\(problem), as it is deprecated: name another", at: name.place, notes: notes)
        }
        if message.requirement?.value == .authenticated {
            let text = "`\(name.value)` is refused before a client is authenticated, and a heartbeat may be sent then"
            diagnostics.warning("\(text): give it `requires: nothing`", at: name.place)
        }
        guard isSound(message) else { return }
        do throws(ZeroValues.Missing) {
            _ = try ZeroValues.values(of: plan.layout(of: message.fields), plan)
        } catch {
            let field = "its field `\(error.field.value)` has no value of its own"
            let owner =
                messages[name.value] == nil
                ? notes
                : [
                    Diagnostic.Note(message: "`\(error.field.value)` is here", place: error.field.place)
                ]
            diagnostics.error("\(problem): \(field); give it a `default`", at: name.place, notes: owner)
        }
    }

    /// A protocol without a heartbeat has idle connections that end, and dead peers that nobody notices.
    private mutating func warnOfMissingHeartbeat() {
        guard !spec.saysHeartbeat, !diagnostics.hasErrors, spec.inheritedHeartbeat == nil else { return }
        let words = ["ping", "pingrequest", "heartbeat", "heartbeatrequest", "keepalive", "keepaliverequest"]
        let candidate = spec.messages.first { message in
            words.contains(message.name.value.normalizedKey) && message.sender != .server && message.reply != nil
                && message.deprecated == nil
                && (try? ZeroValues.values(of: plan.layout(of: message.fields), plan)) != nil
        }
        guard let candidate else { return }
        let name = candidate.name.value
        diagnostics.warning(
            "clients send no heartbeat, for which `\(name)` looks made: say `heartbeat: \(name)` at the top, "
                + "or `heartbeat: \(Self.noHeartbeat)`",
            at: candidate.name.place
        )
    }
}
