import Rooms
import Testing

@Test("There is a lobby")
func lobbyName() {
    #expect(lobby == "lobby")
}
