/// A text format of metrics.
enum MetricsFormat: Sendable {
    /// The text format 0.0.4 of Prometheus.
    case prometheus
    /// OpenMetrics 1.0.0.
    case openMetrics

    /// The format that a client prefers: OpenMetrics if the client names it, and the format of Prometheus otherwise.
    ///
    /// - Parameter accept: The header field Accept of the request (RFC 9110, section 12.5.1); empty without one.
    init(accept: String) {
        var (openMetrics, prometheus) = (0.0, 0.0)
        for range in accept.split(separator: ",") {
            let range = MediaRange(range)
            switch range.type {
            case "application/openmetrics-text" where ["", "1.0.0"].contains(range.version):
                openMetrics = max(openMetrics, range.quality)
            case "text/plain": prometheus = max(prometheus, range.quality)
            default: break
            }
        }
        self = openMetrics > 0 && openMetrics >= prometheus ? .openMetrics : .prometheus
    }

    /// The content type of an HTTP response.
    var contentType: String {
        switch self {
        case .prometheus: "text/plain; version=0.0.4; charset=utf-8"
        case .openMetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8"
        }
    }
}

/// A content type that a client accepts, with its parameters.
private struct MediaRange {
    let type: String
    /// The parameter `version`; empty without one.
    private(set) var version = ""
    /// The parameter `q`, from 0 to 1: how much the client likes the type.
    private(set) var quality = 1.0

    init(_ text: Substring) {
        let parts = text.split(separator: ";").map { $0.filter { $0 != " " && $0 != "\t" }.lowercased() }
        type = parts.first ?? ""
        for parameter in parts.dropFirst() {
            let sides = parameter.split(separator: "=", maxSplits: 1)
            guard sides.count == 2 else { continue }
            switch sides[0] {
            case "version": version = sides[1].filter { $0 != "\"" }
            // A quality that is no number counts as none.
            case "q": quality = Double(sides[1]).map { min(max($0, 0), 1) } ?? 0
            default: break
            }
        }
    }
}
