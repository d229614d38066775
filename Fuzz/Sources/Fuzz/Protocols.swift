import NET001
import Switchboard

/// Every protocol that there is generated code of.
let protocols: [any WireProtocol.Type] = [
    NET001.self, Enums.self, Gallery.self, Names.self, Numbers.self, SBP.self, Texts.self, Requests.self,
]

/// All their messages.
let messageTypes: [any Message.Type] = protocols.flatMap { $0.messages }
