import Switchboard
import TestSupport

extension Router {
    /// The handlers of Topics: a published message goes to every other peer, with the same flags.
    static func topics() -> Router {
        var router = Router(Topics.self)
        router.on(Topics.Ping.self) { _, _ in Topics.Pong() }
        router.on(Topics.Publish.self) { message, context in
            try context.broadcast(message)
            if message.text == "echo" { try context.send(message, header: context.header(of: Topics.self)) }
        }
        return router
    }

    /// The handlers of Cache; those of a key that begins with `slow` wait for `gate`.
    static func cache(_ entries: CacheEntries = CacheEntries(), _ gate: Gate = Gate()) -> Router {
        var router = Router(Cache.self)
        router.on(Cache.Get.self) { message, _ async throws in
            if message.key.starts(with: "slow".utf8) { await gate.pass() }
            guard let value = await entries.value(of: message.key) else {
                throw Cache.Failure(.unknownType, detail: "no entry")
            }
            return Cache.Value(value: value)
        }
        router.on(Cache.Store.self) { message, context async throws in
            await entries.set(message.value, of: message.key)
            try context.broadcast(Cache.Changed(key: message.key, value: message.value))
            return Cache.Stored()
        }
        return router
    }
}

/// The entries of a server of Cache.
actor CacheEntries {
    private var entries: [Bytes: Bytes] = [:]

    func value(of key: Bytes) -> Bytes? { entries[key] }

    func set(_ value: Bytes, of key: Bytes) { entries[key] = value.copied() }
}
