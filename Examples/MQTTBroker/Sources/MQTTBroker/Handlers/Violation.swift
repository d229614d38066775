/// A packet that MQTT or a limit of the broker does not allow; the broker closes the connection.
struct Violation: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
