import Testing

@testable import SwitchboardTransport

@Suite("What a loop watches")
struct SlotTableTests {
    private final class Occupant: Pollable {
        var awaitsContinuation = false

        func becameReady(_ events: PollEvents) {}

        func continueWork() {}

        func loopStops() {}
    }

    @Test("A token finds its occupant, and nobody once the slot has another")
    func forgetsFormerOccupants() {
        var table = SlotTable()
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

    @Test("Slots are used again")
    func reusesSlots() {
        var table = SlotTable()
        for _ in 0..<1000 { table.remove(table.insert(Occupant())) }
        let token = table.insert(Occupant())
        #expect(UInt32(truncatingIfNeeded: token) == 0)
    }

    @Test("Tokens that were never given find nobody")
    func refusesForeignTokens() {
        let table = SlotTable()
        #expect(table[0] == nil)
        #expect(table[.max] == nil)
    }
}
