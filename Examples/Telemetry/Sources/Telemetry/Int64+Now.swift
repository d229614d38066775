import Foundation

extension Int64 {
    /// The time, in milliseconds since 1970.
    static var now: Int64 { Int64(Date.now.timeIntervalSince1970 * 1000) }
}
