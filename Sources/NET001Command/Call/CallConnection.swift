import NET001
import Switchboard
import SwitchboardApplication
import SwitchboardCalling
import SwitchboardSpec

// The command call sends frames that SwitchboardCalling makes from the spec, over the connection of the client options.

extension ConnectionOptions {
    /// Connects to the server, and returns a connection that sends and receives bytes.
    ///
    /// - Parameters:
    ///   - lingers: Whether the connection, when it closes, gives the server time to end its side.
    ///   - deadline: The end of the time to connect.
    func rawConnection(lingers: Bool, before deadline: ReplyDeadline) async throws -> RawConnection {
        let place = try resolve()
        let tls = try tls.resolve()
        do {
            let connector: ServerConnector
            if let path = place.unixSocket {
                connector = try ServerConnector(unixSocketPath: path, tls)
            } else {
                connector = try await ServerConnector(host: place.host, port: place.port, tls, within: deadline.left)
            }
            return try await connector.connect(lingers: lingers, within: max(deadline.left, .milliseconds(1)))
        } catch {
            throw explain(error)
        }
    }
}

extension Credentials {
    /// Sends AUTH, and waits for the reply.
    ///
    /// - Throws: A `CommandError` when the server rejects the credentials; the error message with which the server answers.
    func authenticate(
        over conversation: inout Conversation,
        before deadline: ReplyDeadline
    ) async throws {
        let frame: Bytes
        do throws(PayloadError) {
            frame = try FrameEncoder(NET001.frameFormat, as: .client).encode(NET001.Auth(username: user, token: token))
        } catch {
            throw CommandError("cannot authenticate: \(error)")
        }
        conversation.send(Array(frame))
        while let found = try await conversation.next(before: deadline) {
            if found.frame.problem != nil { throw CommandError("the server sent a malformed frame") }
            switch found.frame.message?.name.value {
            case NET001.AuthReply.name?:
                guard found.frame.value(named: "success")?.number.magnitude == 1 else { throw refusal }
                return
            case NET001.Error.name?: throw found.frame.errorMessage
            default: continue
            }
        }
        throw CommandError("the server ended the connection during authentication")
    }
}

extension Dissection {
    /// The error message that the frame is.
    var errorMessage: NET001.Error {
        let code = UInt8(truncatingIfNeeded: value(named: "code")?.number.magnitude ?? 0)
        let text = String(decoding: value(named: "message")?.content ?? [], as: UTF8.self)
        return NET001.Error(code: NET001.ErrorCode(rawValue: code), message: text)
    }

    /// Returns the value of a field of the message.
    fileprivate func value(named name: String) -> Value? {
        zip(message?.fields ?? [], values ?? []).first { $0.0.name.value == name }?.1
    }
}
