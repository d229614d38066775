import Testing

@testable import Games

@Test("A move is in nobody's name unless it says so")
func moveName() {
    #expect(Games.Move().place == nil)
}
