extension FrameFormat {
    /// What follows the payload: a checksum, in the frame's byte order.
    public struct Checksum: Sendable, Hashable {
        /// How it is computed.
        public let algorithm: Algorithm

        /// What it is computed of.
        public let coverage: Coverage

        /// A checksum by `algorithm` of what `coverage` says.
        public init(_ algorithm: Algorithm, covers coverage: Coverage) {
            self.algorithm = algorithm
            self.coverage = coverage
        }

        /// CRC-32 of every byte of the frame before it.
        public static let crc32 = Checksum(.crc32, covers: .frame)

        /// How a checksum is computed.
        public typealias Algorithm = ChecksumAlgorithm

        /// What a checksum is computed of.
        public typealias Coverage = ChecksumCoverage
    }
}
