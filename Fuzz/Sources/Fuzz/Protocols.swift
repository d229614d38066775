import NET001
import Switchboard

/// All protocols with generated code.
let protocols: [any WireProtocol.Type] = [
    NET001.self, Chunks.self, Enums.self, Gallery.self, Layouts.self, Names.self, Numbers.self, SBP.self, Texts.self,
    Requests.self, Headers.self, References.self, Words.self, Twins.self, Switches.self, Ends.self, Sums.self,
    Seeds.self, Parts.self, Counts.self, Stages.self, Replies.self, Turns.self, Wide.self, Methods.self,
    Formats.self, Lengths.self, Slip.self, Kiss.self, HDLC.self, Cobs.self, HexLines.self, Tags.self, Options.self,
    Zeros.self, Trailers.self, Stamps.self, Alternatives.self, Guards.self, Varints.self, Tails.self, Choices.self,
    Addresses.self,
]

/// All messages of these protocols.
let messageTypes: [any Message.Type] = protocols.flatMap { $0.messages }
