/// Where everybody begins.
public let lobby = "lobby"
