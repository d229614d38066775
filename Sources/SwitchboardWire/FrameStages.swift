public import SwitchboardVocabulary

extension FrameFormat {
    /// Frames of another form, which an end sends before or between those of the format: a greeting, for example.
    ///
    /// Stages are numbered from 1 on, in the order in which a format lists them; 0 stands for the frames of the format itself.
    public struct Stage: Sendable, Hashable {
        /// The form of the frames; it has no stages.
        public let format: FrameFormat

        /// The end whose stream starts with these frames, or both ends; `nil` if other frames always come before.
        public let starts: Sender?

        /// The codes of the messages that are sent in these frames.
        ///
        /// No other frames have messages with these codes.
        public let codes: [MessageCode]

        /// A stage with frames of the form `format`.
        public init(_ format: FrameFormat, starts: Sender? = nil, codes: [MessageCode]) {
            self.format = format
            self.starts = starts
            self.codes = codes
        }
    }

    /// A message after which an end sends frames of another stage.
    public struct StageChange: Sendable, Hashable {
        /// The code of the message.
        public let code: MessageCode

        /// The end that sends the message.
        public let sender: Sender

        /// The end whose next frames are of another stage; `.client` and `.server` only.
        public let end: Sender

        /// The number of the stage.
        public let stage: Int

        /// After the message with `code` from `sender`, the next frames of `end` are those of stage `stage`.
        public init(after code: MessageCode, from sender: Sender, of end: Sender, to stage: Int) {
            self.code = code
            self.sender = sender
            self.end = end
            self.stage = stage
        }
    }

    /// The forms of all frames: first this format, then those of its stages.
    package var forms: [FrameFormat] { [self] + stages.map(\.format) }

    /// Returns the form of the frames in which a message with `code` is sent.
    public func format(of code: MessageCode) -> FrameFormat {
        stages.first { $0.codes.contains(code) }?.format ?? self
    }
}

/// The frames of each message of a format with stages.
///
/// It is an object, so that encoders have one reference only.
final class StageTable: Sendable {
    /// The frames of a message.
    struct Frames {
        let codec: CodecFrames?
        /// The largest payload, in bytes.
        let maximumPayload: Int
    }

    private let stages: [MessageCode: Frames]
    private let others: Frames

    /// The frames of messages in `stages`, and those of all other messages.
    init(_ stages: [FrameFormat.Stage], others codec: CodecFrames, maximumPayload: Int) {
        let frames = stages.flatMap { stage in
            let frames = Frames(codec: stage.format.layout.codec, maximumPayload: stage.format.maximumPayload)
            return stage.codes.map { ($0, frames) }
        }
        self.stages = Dictionary(frames, uniquingKeysWith: { first, _ in first })
        others = Frames(codec: codec, maximumPayload: maximumPayload)
    }

    /// Returns the frames of messages with `code`.
    func frames(of code: MessageCode) -> Frames { stages[code] ?? others }
}

/// The decoders of the frames of one end: one for each stage of its stream.
///
/// A stage is a number: see ``FrameFormat/Stage``. The value has no state: the caller keeps the stage of each stream.
public struct StageDecoders: Sendable {
    private let decoders: [FrameDecoder]
    private let afterOwn: [MessageCode: Int]
    private let afterPeer: [MessageCode: Int]

    /// The stage with which the stream starts.
    public let first: Int

    /// Decoders of frames in `format`.
    ///
    /// - Parameters:
    ///   - format: The format.
    ///   - sender: The end that sends the frames; `.both` if it may be either end.
    public init(_ format: FrameFormat, from sender: Sender = .both) {
        decoders = format.forms.map { FrameDecoder($0, from: sender) }
        first = (format.stages.firstIndex { $0.starts.map { $0.includes(sender) } ?? false } ?? -1) + 1
        let numbers = decoders.indices
        let changes = format.stageChanges.filter { $0.end.includes(sender) && numbers.contains($0.stage) }
        func stages(_ changes: [FrameFormat.StageChange]) -> [MessageCode: Int] {
            Dictionary(changes.map { ($0.code, $0.stage) }, uniquingKeysWith: { first, _ in first })
        }
        afterOwn = stages(changes.filter { $0.sender.includes($0.end) })
        afterPeer = stages(changes.filter { !$0.sender.includes($0.end) })
    }

    /// Whether all frames have the same form.
    public var isSingle: Bool { decoders.count == 1 }

    /// Whether frames have delimiters and escapes; then those of all stages have.
    public var hasFraming: Bool { decoders[0].hasFraming }

    /// The decoder of the frames of `stage`; that of stage 0 if there is no such stage.
    public subscript(stage: Int) -> FrameDecoder {
        decoders.indices.contains(stage) ? decoders[stage] : decoders[0]
    }

    /// Returns whether frames of another stage may follow a message of this end.
    package func mayChange(after code: MessageCode) -> Bool { afterOwn[code] != nil }

    /// Returns the stage of the frame after the one with `code`, which was of stage `stage`.
    public func stage(after code: MessageCode, in stage: Int) -> Int { afterOwn[code] ?? stage }

    /// Returns the stage of the next frame when the other end has sent a message with `code`, and it would have been of stage `stage`.
    public func stage(afterPeerSent code: MessageCode, in stage: Int) -> Int { afterPeer[code] ?? stage }
}
