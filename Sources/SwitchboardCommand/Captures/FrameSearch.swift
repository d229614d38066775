internal import SwitchboardSpec

/// How to find a frame behind missing bytes.
struct FrameSearch {
    /// The smallest number of bytes of a magic: shorter ones occur too often within frames.
    private static let minimumMagic = 2

    private enum Method {
        /// A frame follows these bytes.
        case delimiter([UInt8])
        /// A frame begins with these bytes, which may also occur within one.
        case magic([UInt8])
    }

    private let method: Method

    /// The search for frames of `sender`; `nil` if the protocol has neither delimiters nor a magic at the start of all frames.
    init?(_ spec: CheckedSpec, _ sender: Sender) {
        let frames = spec.allFrames
        if let framing = frames.first?.framing {
            method = .delimiter(framing.delimiter)
            return
        }
        let magics = Set(
            frames.map { frame -> [UInt8] in
                guard case .magic(let magic)? = frame.header.first?.value.role else { return [] }
                return sender == .server ? magic.server : magic.client
            }
        )
        guard let magic = magics.first, magics.count == 1, magic.count >= Self.minimumMagic else { return nil }
        method = .magic(magic)
    }

    /// The largest number of bytes of a delimiter or a magic that may end behind the bytes that were searched.
    var overlap: Int { bytes.count - 1 }

    /// What happens to the bytes before the frame that is found.
    var text: String {
        switch method {
        case .delimiter: "the bytes up to the next delimiter are skipped"
        case .magic: "the bytes up to the next magic are skipped"
        }
    }

    private var bytes: [UInt8] {
        switch method {
        case .delimiter(let bytes), .magic(let bytes): bytes
        }
    }

    /// Returns the number of bytes of `stream` before a place where a frame may begin, and whether it is certain that one begins there;
    /// `nil` if there is no such place.
    func place(in stream: ArraySlice<UInt8>) -> (place: Int?, isCertain: Bool) {
        let bytes = bytes
        let isDelimiter = if case .delimiter = method { true } else { false }
        let last = stream.endIndex - bytes.count
        var index = stream.startIndex
        while index <= last {
            if stream[index] == bytes[0], stream[index..<index + bytes.count].elementsEqual(bytes) {
                return (index - stream.startIndex + (isDelimiter ? bytes.count : 0), isDelimiter)
            }
            index += 1
        }
        return (nil, false)
    }
}
