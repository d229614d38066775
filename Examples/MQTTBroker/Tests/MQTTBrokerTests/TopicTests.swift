import Switchboard
import Testing

@testable import MQTTBroker

@Suite("Topics")
struct TopicTests {
    private static let levels = 8

    private func topic(_ text: String) throws -> Topic {
        try #require(Topic(text, maximumLevels: Self.levels))
    }

    private func filter(_ text: String) throws -> TopicFilter {
        try #require(TopicFilter(text, maximumLevels: Self.levels))
    }

    @Test(
        "match the filters of the standard's examples",
        arguments: [
            ("sport/tennis/player1/#", "sport/tennis/player1", true),
            ("sport/tennis/player1/#", "sport/tennis/player1/ranking", true),
            ("sport/tennis/player1/#", "sport/tennis/player1/score/wimbledon", true),
            ("sport/tennis/player1/#", "sport/tennis/player2", false),
            ("sport/#", "sport", true),
            ("#", "a/b", true),
            ("#", "/", true),
            ("sport/tennis/+", "sport/tennis/player1", true),
            ("sport/tennis/+", "sport/tennis/player1/ranking", false),
            ("sport/+", "sport", false),
            ("sport/+", "sport/", true),
            ("+/+", "/finance", true),
            ("/+", "/finance", true),
            ("+", "/finance", false),
            ("+/tennis/#", "sport/tennis", true),
            ("sport", "Sport", false),
            ("a//b", "a//b", true),
            ("a/b", "a//b", false),
            ("#", "$SYS/uptime", false),
            ("+/uptime", "$SYS/uptime", false),
            ("$SYS/#", "$SYS/uptime", true),
            ("$SYS/+", "$SYS/uptime", true),
            ("a/#", "a/$SYS", true),
            // One letter, spelled in two ways.
            ("caf\u{E9}", "caf\u{65}\u{301}", false),
            // A slash with an accent is a slash and an accent.
            ("a/+", "a/\u{301}", true),
        ]
    )
    func matching(filter text: String, topic name: String, matches: Bool) throws {
        let (filter, topic) = (try filter(text), try topic(name))
        #expect(filter.matches(topic) == matches)
        var subscriptions = Subscriptions()
        subscriptions.add(filter, of: "client", .atMostOnce)
        #expect(subscriptions.subscribers(of: topic) == (matches ? ["client": .atMostOnce] : [:]))
    }

    @Test(
        "are refused with wildcards, U+0000 or too many levels",
        arguments: ["", "a/+", "#", "a#", "a\0", "1/2/3/4/5/6/7/8/9"]
    )
    func badTopics(text: String) { #expect(Topic(text, maximumLevels: Self.levels) == nil) }

    @Test(
        "have filters in which a wildcard is a whole level, and # the last one",
        arguments: ["", "sport+", "sport/tennis#", "sport/#/ranking", "+a/b", "a\0", "1/2/3/4/5/6/7/8/#"]
    )
    func badFilters(text: String) { #expect(TopicFilter(text, maximumLevels: Self.levels) == nil) }

    @Test("find each subscriber once, with the highest QoS")
    func overlapping() throws {
        var subscriptions = Subscriptions()
        subscriptions.add(try filter("a/#"), of: "ada", .atMostOnce)
        subscriptions.add(try filter("a/+"), of: "ada", .atLeastOnce)
        subscriptions.add(try filter("a/b"), of: "ben", .atLeastOnce)
        subscriptions.add(try filter("+/b"), of: "ben", .atMostOnce)
        subscriptions.add(try filter("b"), of: "eve", .atMostOnce)
        #expect(subscriptions.subscribers(of: try topic("a/b")) == ["ada": .atLeastOnce, "ben": .atLeastOnce])
        subscriptions.add(try filter("a/+"), of: "ada", .atMostOnce)
        subscriptions.remove(try filter("a/b"), of: "ben")
        #expect(subscriptions.subscribers(of: try topic("a/b")) == ["ada": .atMostOnce, "ben": .atMostOnce])
    }

    @Test("leave no trace of removed subscriptions")
    func removal() throws {
        var subscriptions = Subscriptions()
        for text in ["a/b/c", "a/#", "+"] { subscriptions.add(try filter(text), of: "ada", .atMostOnce) }
        subscriptions.remove(try filter("a/b"), of: "ada")
        subscriptions.remove(try filter("a/b/c"), of: "ben")
        for text in ["a/b/c", "a/#", "+"] { subscriptions.remove(try filter(text), of: "ada") }
        #expect(subscriptions.isEmpty)
    }

    @Test("retain their last message, within limits, until an empty one")
    func retaining() throws {
        var retained = RetainedMessages()
        var limits = Limits()
        limits.retainedMessages = 2
        limits.retainedBytes = 10
        let steps = [("a", 1), ("a", 3), ("b/c", 3), ("d", 1), ("a", 0), ("a", 6), ("a", 5)]
        let isKept = try steps.map { name, size in
            let message = Bytes([UInt8](repeating: 0x61, count: size))
            return retained.keep(
                Publication(topic: try topic(name), message: message, qos: .atMostOnce),
                within: limits
            )
        }
        #expect(isKept == [true, true, true, false, true, false, false])
        #expect(retained.count == 1)
        #expect(retained.matching(try filter("b/+")).map(\.message.count) == [3])
        #expect(retained.matching(try filter("b/c")).map(\.message.count) == [3])
        #expect(retained.matching(try filter("a")).isEmpty)
    }
}
