import ArgumentParser
import NET001
import Switchboard
import SwitchboardApplication

/// Explains each error code of the server to the user of the command, with the option that helps.
enum ServerErrors {
    /// Returns the error in one line: its number and name, the server's text, and the option that helps.
    static func text(of error: NET001.Error) -> String {
        let text = error.message.isEmpty ? "" : ", \"\(error.message.visible)\""
        let advice = advice(for: error.code).map { ": \($0)" } ?? ""
        return "ERROR \(number(error.code)) (\(error.code)\(text))\(advice)"
    }

    /// Returns the advice for an error with which the server has closed the connection.
    static func advice(for fault: Fault) -> String? {
        advice(for: NET001.Error(fault, detail: "").code)
    }

    private static func number(_ code: NET001.ErrorCode) -> String {
        let digits = String(code.rawValue, radix: 16, uppercase: true)
        return digits.count < 2 ? "0\(digits)" : digits
    }

    private static func advice(for code: NET001.ErrorCode) -> String? {
        switch code {
        case .invalidMagic, .unsupportedVersion, .unknownType, .checksumMismatch, .malformedPayload:
            "the server speaks another protocol, or another version of NET-001"
        case .payloadTooLarge: "send a smaller payload (--size of load)"
        case .authenticationFailed:
            "the server requires authentication: set --user, and the token in NET001_TOKEN or --token-file"
        case .rateLimited:
            """
            too many messages per second or wrong credentials: lower --rate, or raise --rate-limit, \
            --global-rate-limit and --cluster-rate-limit of the server
            """
        case .tooManyConnections:
            """
            open fewer connections (--connections of load), or raise --max-connections, --max-connections-per-address and \
            --max-connections-per-user of the server
            """
        case .timeout: "raise --idle-timeout, --frame-timeout or --authentication-timeout of the server"
        case .shuttingDown: "the server is stopping: try again later"
        case .internal: "a handler of the server failed: see the server's log"
        case .unknown, .unrecognized: nil
        }
    }
}
