import Testing

@testable import SwitchboardTransport

@Suite("What a loop watches")
struct HandleTableTests {
    private final class Occupant: Pollable {
        var awaitsContinuation = false

        func becameReady(_ events: PollEvents) {}

        func continueWork() {}

        func loopStops() {}
    }

    @Test("A token finds its occupant, and nothing once another occupant has the handle")
    func forgetsFormerOccupants() {
        var table = HandleTable()
        let first = Occupant()
        let second = Occupant()
        let firstToken = table.insert(first)
        #expect(table[firstToken] === first)
        table.remove(firstToken)
        #expect(table[firstToken] == nil)
        let secondToken = table.insert(second)
        #expect(table[firstToken] == nil)
        #expect(table[secondToken] === second)
        table.remove(firstToken)
        #expect(table[secondToken] === second)
        #expect(table.occupants.count == 1)
    }

    @Test("Handles are used again")
    func reusesHandles() {
        var table = HandleTable()
        for _ in 0..<1000 { table.remove(table.insert(Occupant())) }
        let token = table.insert(Occupant())
        #expect(UInt32(truncatingIfNeeded: token) == 0)
    }

    @Test("Tokens that were never given find nothing")
    func refusesForeignTokens() {
        let table = HandleTable()
        #expect(table[0] == nil)
        #expect(table[.max] == nil)
    }
}
