#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The package's own `protocol.yaml`.
enum BundledSpec {
    static let path = #filePath.split(separator: "/").dropLast(4).map { "/" + $0 }.joined() + "/protocol.yaml"

    /// Its bytes; none when it cannot be read, which the tests that use it notice.
    static let bytes: [UInt8] = {
        guard let file = unsafe fopen(path, "r") else { return [] }
        defer { unsafe fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 1 << 20)
        let count = unsafe fread(&bytes, 1, bytes.count, file)
        return Array(bytes.prefix(count))
    }()
}
