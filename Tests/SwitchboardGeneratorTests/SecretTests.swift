import SwitchboardRouter
import Testing

@Suite("Secret fields")
struct SecretTests {
    private let message = Names.Secrets(
        user: "alice",
        password: "s3cret",
        aRatherLongNameForAField: [1],
        in: 987_654,
        anotherRatherLongNameForAField: true
    )

    @Test("no way of showing a message shows them")
    func masking() {
        var dumped = ""
        dump(message, to: &dumped)
        var dumpedInside = ""
        dump([Optional(message)], to: &dumpedInside)
        var printed = ""
        print(message, to: &printed)
        let shown = [
            dumped, dumpedInside, printed, "\(message)", String(describing: message), String(reflecting: message),
            "\([message])", "\(Optional(message) as Any)", "\(Mirror(reflecting: message).children.map { $0 })",
        ]
        for text in shown {
            #expect(text.contains("alice"))
            #expect(text.contains("<secret>"))
            #expect(!text.contains("s3cret"))
            #expect(!text.contains("987654"))
        }
    }

    @Test("the other fields are shown")
    func description() {
        #expect(
            "\(message)" == """
                Secrets(user: "alice", password: <secret>, aRatherLongNameForAField: Bytes(01), in: <secret>, \
                anotherRatherLongNameForAField: true)
                """
        )
    }

    @Test("they travel all the same")
    func roundTrip() throws {
        try expectRoundTrip(message, "05 616c696365 06 733363726574 01 01 000f1206 01")
    }
}
