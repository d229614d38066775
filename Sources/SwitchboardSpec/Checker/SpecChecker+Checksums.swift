extension SpecChecker {
    /// Checks where the checksum in the header is, and which bytes checksums cover.
    mutating func checkChecksums(_ frame: FrameSpec) {
        guard !frame.lacksParts else { return }
        if let item = frame.headerChecksum?.item, frame.headerChecksumOffset == nil {
            let text = "`checksum` follows an item of variable length, so that its place differs between frames"
            diagnostics.error("\(text): move it before that item, or to `trailer`", at: item.place)
        }
        if let (checksum, item) = frame.headerChecksum, checksum.coverage.word == .header,
            frame.headerChecksumOffset == 0
        {
            let text = "`checksum` covers what comes before it in `header`, and is the first item"
            diagnostics.error("\(text): move it behind the items that it covers", at: item.place)
        }
        if frame.magicSize == 0, let checksum = frame.checksums.first(where: { $0.coverage.word == .afterMagic }) {
            let text = "`checksum` covers `after-magic`, but `header` does not begin with a `magic`"
            diagnostics.error("\(text): use `covers: frame`", at: checksum.coveragePlace)
        }
        for checksum in frame.checksums { checkCoverage(of: checksum, in: frame) }
    }

    /// Checks that the frames of `message` have a checksum to which its seed belongs.
    mutating func checkChecksumSeed(of message: MessageSpec) {
        guard let seed = message.checksumSeed, let frame = frame(of: message), !frame.lacksParts else { return }
        if spec.frame == nil {
            let text =
                "the code that checks the frames of an imported protocol knows the seeds of its own messages only"
            let advice = "remove `checksum-seed`, or add `\(message.name.value)` there"
            diagnostics.error("\(text): \(advice)", at: seed.place)
        } else if frame.checksums.isEmpty {
            let text = "frames have no checksum that `checksum-seed` could change"
            let advice = "remove it, or add a checksum, as in `trailer: [ checksum: crc16-mcrf4xx ]`"
            diagnostics.error("\(text): \(advice)", at: seed.place)
        }
    }
}
