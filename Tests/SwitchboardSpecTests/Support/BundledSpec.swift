#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The `protocol.yaml` of this package.
enum BundledSpec {
    static let path = #filePath.split(separator: "/").dropLast(4).map { "/" + $0 }.joined() + "/protocol.yaml"

    /// The bytes of the file; empty if it cannot be read, which makes the tests fail.
    static let bytes: [UInt8] = {
        guard let file = unsafe fopen(path, "r") else { return [] }
        defer { unsafe fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 1 << 20)
        let count = unsafe fread(&bytes, 1, bytes.count, file)
        return Array(bytes.prefix(count))
    }()
}
