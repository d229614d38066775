import Serving
import Switchboard

extension Memcached {
    /// The version that the server reports.
    static let serverVersion = "1.0.0"
}

extension Router {
    /// The handlers of memcached's requests, over a cache.
    static func memcached(_ cache: Shared<Cache>) -> Router {
        var commands = Commands(cache)
        commands.registerReading()
        commands.registerStoring()
        commands.registerExtending()
        commands.registerCounting()
        commands.registerDeleting()
        commands.registerTouching()
        commands.registerStatistics()
        commands.registerConnection()
        return commands.router
    }
}

/// The handlers of memcached's requests.
///
/// Most requests come in two forms. A quiet request has no `reply` in the spec, because the server answers only some of them: one that
/// reads, if there is a value, any other, if it fails.
private struct Commands {
    private let cache: Shared<Cache>
    private(set) var router = Router(Memcached.self)

    init(_ cache: Shared<Cache>) { self.cache = cache }

    // MARK: Values

    mutating func registerReading() {
        serve(Memcached.Get.self, value(Memcached.Value.init)) { cache, get, _ in cache.get(get.key) }
        serve(
            quietly: Memcached.GetQuietly.self,
            value(Memcached.ValueQuietly.init),
            unless: .keyNotFound
        ) { cache, get, _ in cache.get(get.key) }
        serve(Memcached.GetWithKey.self, keyAndValue(Memcached.KeyAndValue.init)) { cache, get, _ in cache.get(get.key)
        }
        serve(
            quietly: Memcached.GetWithKeyQuietly.self,
            keyAndValue(Memcached.KeyAndValueQuietly.init),
            unless: .keyNotFound
        ) { cache, get, _ in cache.get(get.key) }
    }

    mutating func registerStoring() {
        serve(Memcached.Set.self, result(Memcached.SetDone.init)) { cache, set, version in
            cache.store(.set, set.key, set.value, set.extras, version: version)
        }
        serve(quietly: Memcached.SetQuietly.self, result(Memcached.SetFailed.init)) { cache, set, version in
            cache.store(.set, set.key, set.value, set.extras, version: version)
        }
        serve(Memcached.Add.self, result(Memcached.AddDone.init)) { cache, add, version in
            cache.store(.add, add.key, add.value, add.extras, version: version)
        }
        serve(quietly: Memcached.AddQuietly.self, result(Memcached.AddFailed.init)) { cache, add, version in
            cache.store(.add, add.key, add.value, add.extras, version: version)
        }
        serve(Memcached.Replace.self, result(Memcached.ReplaceDone.init)) { cache, replace, version in
            cache.store(.replace, replace.key, replace.value, replace.extras, version: version)
        }
        serve(quietly: Memcached.ReplaceQuietly.self, result(Memcached.ReplaceFailed.init)) { cache, replace, version in
            cache.store(.replace, replace.key, replace.value, replace.extras, version: version)
        }
    }

    mutating func registerExtending() {
        serve(Memcached.Append.self, result(Memcached.AppendDone.init)) { cache, append, version in
            cache.extend(append.key, at: .end, by: append.value, version: version)
        }
        serve(quietly: Memcached.AppendQuietly.self, result(Memcached.AppendFailed.init)) { cache, append, version in
            cache.extend(append.key, at: .end, by: append.value, version: version)
        }
        serve(Memcached.Prepend.self, result(Memcached.PrependDone.init)) { cache, prepend, version in
            cache.extend(prepend.key, at: .start, by: prepend.value, version: version)
        }
        serve(quietly: Memcached.PrependQuietly.self, result(Memcached.PrependFailed.init)) { cache, prepend, version in
            cache.extend(prepend.key, at: .start, by: prepend.value, version: version)
        }
    }

    mutating func registerCounting() {
        serve(Memcached.Increment.self, number(Memcached.Incremented.init)) { cache, step, version in
            cache.count(step.key, step.extras, down: false, version: version)
        }
        serve(quietly: Memcached.IncrementQuietly.self, result(Memcached.IncrementFailed.init)) {
            cache,
            step,
            version in
            cache.count(step.key, step.extras, down: false, version: version)
        }
        serve(Memcached.Decrement.self, number(Memcached.Decremented.init)) { cache, step, version in
            cache.count(step.key, step.extras, down: true, version: version)
        }
        serve(quietly: Memcached.DecrementQuietly.self, result(Memcached.DecrementFailed.init)) {
            cache,
            step,
            version in
            cache.count(step.key, step.extras, down: true, version: version)
        }
    }

    mutating func registerDeleting() {
        serve(Memcached.Delete.self, result(Memcached.DeleteDone.init)) { cache, delete, version in
            cache.delete(delete.key, version: version)
        }
        serve(quietly: Memcached.DeleteQuietly.self, result(Memcached.DeleteFailed.init)) { cache, delete, version in
            cache.delete(delete.key, version: version)
        }
        serve(Memcached.Flush.self, result(Memcached.FlushDone.init)) { cache, flush, _ in
            cache.flush(after: flush.delay.first ?? 0)
        }
        serve(quietly: Memcached.FlushQuietly.self, result(Memcached.FlushFailed.init)) { cache, flush, _ in
            cache.flush(after: flush.delay.first ?? 0)
        }
    }

    mutating func registerTouching() {
        serve(Memcached.Touch.self, value(Memcached.Touched.init)) { cache, touch, _ in
            cache.touch(touch.key, touch.extras.expiry)
        }
        serve(Memcached.GetAndTouch.self, value(Memcached.TouchedValue.init)) { cache, touch, _ in
            cache.getAndTouch(touch.key, touch.extras.expiry)
        }
        serve(
            quietly: Memcached.GetAndTouchQuietly.self,
            value(Memcached.TouchedValueQuietly.init),
            unless: .keyNotFound
        ) { cache, touch, _ in cache.getAndTouch(touch.key, touch.extras.expiry) }
        serve(Memcached.GetWithKeyAndTouch.self, keyAndValue(Memcached.TouchedKeyAndValue.init)) { cache, touch, _ in
            cache.getAndTouch(touch.key, touch.extras.expiry)
        }
        serve(
            quietly: Memcached.GetWithKeyAndTouchQuietly.self,
            keyAndValue(Memcached.TouchedKeyAndValueQuietly.init),
            unless: .keyNotFound
        ) { cache, touch, _ in cache.getAndTouch(touch.key, touch.extras.expiry) }
    }

    // MARK: The server and the connection

    mutating func registerStatistics() {
        router.on(Memcached.GetStatistics.self) { [cache] message, context in
            let opaque = context.header(of: Memcached.self).opaque
            let group = String(decoding: message.key, as: UTF8.self)
            if group == "reset" { cache.use { $0.resetStatistics() } }
            guard let statistics = group == "reset" ? [] : cache.use({ $0.report(group) }) else {
                let failure = Outcome(.keyNotFound)
                let reply = Memcached.Statistic(key: Bytes(), value: failure.error)
                return try context.send(reply, header: Memcached.Header(failure, opaque))
            }
            // An empty name ends the statistics.
            for (name, value) in statistics + [("", "")] {
                let reply = Memcached.Statistic(key: Bytes(utf8: name), value: value)
                try context.send(reply, header: Memcached.Header(Outcome(), opaque))
            }
        }
        serve(Memcached.GetVersion.self, { _ in .init(text: Memcached.serverVersion) }) { _, _, _ in Outcome() }
    }

    mutating func registerConnection() {
        serve(Memcached.Noop.self, result(Memcached.NoopDone.init)) { _, _, _ in Outcome() }
        router.on(Memcached.Quit.self) { _, context in
            // The reply is sent first.
            context.connection.close()
            return Memcached.QuitDone(error: "")
        }
        router.on(Memcached.QuitQuietly.self) { _, context in context.connection.close() }
        // As memcached answers without SASL.
        serve(Memcached.ListMechanisms.self, { .init(text: $0.error) }) { _, _, _ in Outcome(.unknownCommand) }
        serve(Memcached.Authenticate.self, { .init(data: Bytes(utf8: $0.error)) }) { _, _, _ in Outcome(.unknownCommand)
        }
        serve(Memcached.ContinueAuthentication.self, { .init(data: Bytes(utf8: $0.error)) }) { _, _, _ in
            Outcome(.unknownCommand)
        }
        router.onUnhandled { message, context in
            context.logger.info("connection refused", metadata: ["unknown_command": "\(message.code)"])
            context.connection.close()
        }
    }

    // MARK: Registration

    /// Registers the handler of a request.
    ///
    /// - Parameter body: A closure with the request and the version in its header, 0 for any.
    private mutating func serve<Input: Request>(
        _ type: Input.Type,
        _ makeReply: @escaping @Sendable (Outcome) -> Input.Reply,
        _ body: @escaping @Sendable (inout Cache, Input, _ version: UInt64) -> Outcome
    ) {
        router.on(type) { [cache] message, context in
            let request = context.header(of: Memcached.self)
            let outcome = cache.use { cache in body(&cache, message, request.cas) }
            return Reply(makeReply(outcome), header: Memcached.Header(outcome, request.opaque))
        }
    }

    /// Registers the handler of a quiet request.
    ///
    /// - Parameters:
    ///   - silence: The status at which the server sends nothing.
    ///   - body: A closure with the request and the version in its header, 0 for any.
    private mutating func serve<Input: Message, Output: Message>(
        quietly type: Input.Type,
        _ makeReply: @escaping @Sendable (Outcome) -> Output,
        unless silence: Memcached.Status = .success,
        _ body: @escaping @Sendable (inout Cache, Input, _ version: UInt64) -> Outcome
    ) {
        router.on(type) { [cache] message, context in
            let request = context.header(of: Memcached.self)
            let outcome = cache.use { cache in body(&cache, message, request.cas) }
            if outcome.status == silence { return }
            try context.send(makeReply(outcome), header: Memcached.Header(outcome, request.opaque))
        }
    }
}

extension Memcached.Header {
    /// The header of a reply.
    fileprivate init(_ outcome: Outcome, _ opaque: UInt32) {
        self.init(status: outcome.status, opaque: opaque, cas: outcome.version)
    }
}

// MARK: - Replies

/// Returns a closure that makes a reply with a value.
private func value<Output>(
    _ make: @escaping @Sendable (Memcached.ValueExtras?, Bytes) -> Output
) -> @Sendable (Outcome) -> Output {
    { outcome in make(outcome.extras, outcome.status == .success ? outcome.value : Bytes(utf8: outcome.error)) }
}

/// Returns a closure that makes a reply with a key and a value.
private func keyAndValue<Output>(
    _ make: @escaping @Sendable (Memcached.ValueExtras?, Bytes, Bytes) -> Output
) -> @Sendable (Outcome) -> Output {
    { outcome in make(outcome.extras, outcome.key, outcome.value) }
}

/// Returns a closure that makes a reply with a number.
private func number<Output>(
    _ make: @escaping @Sendable (UInt64?, String) -> Output
) -> @Sendable (Outcome) -> Output {
    { outcome in make(outcome.status == .success ? outcome.number : nil, outcome.error) }
}

/// Returns a closure that makes a reply without a value.
private func result<Output>(_ make: @escaping @Sendable (String) -> Output) -> @Sendable (Outcome) -> Output {
    { outcome in make(outcome.error) }
}
