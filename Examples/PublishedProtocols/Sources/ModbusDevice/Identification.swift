/// The texts that identify the device, by the numbers of their objects.
public enum Identification {
    /// Which texts a request asks for.
    public enum Category: UInt8 {
        case basic = 1
        case regular = 2
        case extended = 3
        case oneObject = 4
    }

    /// The texts of a reply.
    public struct Part: Sendable {
        /// The objects.
        public let objects: [(id: UInt8, text: String)]
        /// The object that another request has to begin with; `nil` if this is all.
        public let next: UInt8?
    }

    /// The levels of conformity: all categories, as streams and as single objects.
    public static let conformity: UInt8 = 0x83

    /// What the function ReportServerID reports.
    public static let serverID = "Switchboard device"

    private static let objects: [(id: UInt8, text: String)] = [
        (0x00, "Switchboard"), (0x01, "PD-1"), (0x02, "1.0"),
        (0x03, "https://example.com/switchboard"), (0x04, "Published protocols"), (0x05, "Device"), (0x06, "Example"),
        (0x80, "Inputs are wired to outputs: discrete input n is coil n, input register n is holding register n."),
        (0x81, "Holding register 0 has a queue of the values that were written to it, at FIFO pointer address 0."),
        (0x82, "Files 1 to 10 have 10000 registers each, which begin as 0."),
    ]

    /// Returns the texts of a category from an object on, as many as a reply has room for.
    ///
    /// - Parameter first: The first object, or the only one of ``Category/oneObject``. If the category does not have it, the texts begin
    ///   with the first of the category.
    public static func read(_ category: UInt8, from first: UInt8) throws(Refusal) -> Part {
        guard let category = Category(rawValue: category) else { throw .illegalDataValue }
        let last: UInt8 =
            switch category {
            case .basic: 0x02
            case .regular: 0x7F
            case .extended: 0xFF
            case .oneObject: first
            }
        let all = objects.filter { $0.id <= last }
        let start = all.firstIndex { $0.id == first }
        if category == .oneObject {
            guard let start else { throw .illegalDataAddress }
            return Part(objects: [all[start]], next: nil)
        }
        var room = DeviceLimits.identificationBytes
        let objects = all[(start ?? 0)...].prefix { object in
            // The number and the length of the text take a byte each.
            room -= 2 + object.text.utf8.count
            return room >= 0
        }
        return Part(objects: Array(objects), next: objects.endIndex < all.endIndex ? all[objects.endIndex].id : nil)
    }
}
