@_exported public import SwitchboardBytes

// Converts bytes to messages, and messages to bytes:
//
//  1. WireProtocol, FrameFormat    describe the frames and messages of a protocol. HeaderLayout has the format as words and masks,
//                                  ChecksumCalculator the code of each checksum.
//  2. FrameDecoder                 finds the next frame. Its FrameBatch finds the frames after it that have the same header.
//     FrameCodec                  reads and writes the headers that are more than whole numbers at fixed places.
//  3. FrameHeader                  has the extra fields of a header: all but code, length, magic and version.
//  4. Message                      decodes its fields with ByteReader+Fields, or throws a PayloadError.
//  5. FrameEncoder                 encodes a frame. The message writes its fields with ByteWriter+Fields.
