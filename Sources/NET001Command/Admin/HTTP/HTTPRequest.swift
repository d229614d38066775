import Foundation

/// A GET or HEAD request, without its header fields: no answer depends on them.
struct HTTPRequest: Sendable {
    /// The path, without the query: `/connections`.
    let path: String

    /// The values of the query by their names, percent-decoded; of a name that occurs twice, the first.
    let query: [String: String]

    /// Whether only the head of the answer is wanted.
    let isHead: Bool

    /// Whether the client may send another request on this connection.
    let keepsAlive: Bool

    /// - Parameter target: What the request line names: a path with or without a query.
    init(target: Substring, isHead: Bool, keepsAlive: Bool) {
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        path = String(parts[0])
        query = Self.query(parts.dropFirst().first ?? "")
        self.isHead = isHead
        self.keepsAlive = keepsAlive
    }

    private static func query(_ text: Substring) -> [String: String] {
        let pairs = text.split(separator: "&").map { pair in
            let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (decoded(sides[0]), decoded(sides.dropFirst().first ?? ""))
        }
        return Dictionary(pairs, uniquingKeysWith: { first, _ in first })
    }

    private static func decoded(_ text: Substring) -> String {
        text.replacing("+", with: " ").removingPercentEncoding ?? String(text)
    }
}
