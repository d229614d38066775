// Generated from SBP.yaml. Edit that file: the next build overwrites this one.

import SwitchboardRouter

/// SBP.
nonisolated enum SBP: WireProtocol {
    /// The protocol's name.
    static var name: String { "SBP" }

    /// How messages are delimited on the stream.
    static let frameFormat = FrameFormat(
        byteOrder: .little,
        header: [
            .magic(0x55, .one),
            .type(.two),
            .field(.two),
            .length(.one),
        ],
        checksum: .init(.crc16XMODEM, covers: .afterMagic),
        maximumPayload: 255
    )

    /// The messages, in the order of their codes.
    static var messages: [any Message.Type] {
        [
            Tracking.self,
            Acquisition.self,
            ReadFolder.self,
            GPSTime.self,
            UTCTime.self,
            Position.self,
            Log.self,
            Motion.self,
            OpenFiles.self,
        ]
    }

    /// A number that differs between protocols whose messages have different fields.
    static var layoutHash: UInt64? { 0x9E0E_4C27_D68C_DEC6 }

    /// The fields that this protocol adds to the header of a frame.
    struct Header: FrameHeader {
        /// The lower half of the receiver's serial number.
        var sender: UInt16

        /// A header with these fields.
        init(sender: UInt16 = 0) {
            self.sender = sender
        }

        /// Reads the fields from the bytes of a header.
        init(_ bytes: HeaderBytes) {
            sender = bytes.integer(at: 3, .little)
        }

        /// Writes the fields into the bytes of a header.
        func write(into bytes: inout HeaderBytes) {
            bytes.set(sender, at: 3, .little)
        }
    }
}

nonisolated extension SBP {
    /// The time of the receiver.
    struct GPSTime: Message, Hashable {
        /// The code of the message in a frame.
        static var code: MessageCode { 0x0100 }
        /// The name of the message in the spec.
        static var name: String { "GPSTime" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .both }

        /// Weeks since 1980-01-06.
        var week: UInt16

        /// In milliseconds.
        var timeOfWeek: UInt32

        /// In nanoseconds.
        var residual: Int32

        /// The field `flags`.
        var flags: UInt8

        /// A `GPSTime` with these fields.
        init(week: UInt16, timeOfWeek: UInt32, residual: Int32, flags: UInt8) {
            self.week = week
            self.timeOfWeek = timeOfWeek
            self.residual = residual
            self.flags = flags
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            guard let fixed = reader.readFixed(11) else {
                throw .truncated(reader.remaining, ["week": 2, "timeOfWeek": 4, "residual": 4, "flags": 1])
            }
            week = fixed.integer(at: 0, .little)
            timeOfWeek = fixed.integer(at: 2, .little)
            residual = fixed.integer(at: 6, .little)
            flags = fixed.integer(at: 10, .little)
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            writer.integer(week, .little)
            writer.integer(timeOfWeek, .little)
            writer.integer(residual, .little)
            writer.integer(flags, .little)
        }
    }

    /// Handles ``GPSTime``, which has no reply.
    ///
    /// Write `func handle(_ message: SBP.GPSTime, context: Context) async throws`, or the same without `async` if the
    /// handler does not suspend.
    protocol GPSTimeHandler: OneWayHandler where Input == GPSTime {}
}

nonisolated extension SBP {
    /// The time in the world.
    struct UTCTime: Message, Hashable {
        /// The code of the message in a frame.
        static var code: MessageCode { 0x0103 }
        /// The name of the message in the spec.
        static var name: String { "UTCTime" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .both }

        /// The field `flags`.
        var flags: UInt8

        /// The field `timeOfWeek`.
        var timeOfWeek: UInt32

        /// The field `year`.
        ///
        /// At least 1980.
        var year: UInt16

        /// The field `month`.
        ///
        /// From 1 to 12.
        var month: UInt8

        /// The field `day`.
        ///
        /// From 1 to 31.
        var day: UInt8

        /// The field `hours`.
        ///
        /// At most 23.
        var hours: UInt8

        /// The field `minutes`.
        ///
        /// At most 59.
        var minutes: UInt8

        /// The field `seconds`.
        ///
        /// At most 60.
        var seconds: UInt8

        /// The field `nanoseconds`.
        ///
        /// At most 999_999_999.
        var nanoseconds: UInt32

        /// An `UTCTime` with these fields.
        init(
            flags: UInt8,
            timeOfWeek: UInt32,
            year: UInt16,
            month: UInt8,
            day: UInt8,
            hours: UInt8,
            minutes: UInt8,
            seconds: UInt8,
            nanoseconds: UInt32
        ) {
            self.flags = flags
            self.timeOfWeek = timeOfWeek
            self.year = year
            self.month = month
            self.day = day
            self.hours = hours
            self.minutes = minutes
            self.seconds = seconds
            self.nanoseconds = nanoseconds
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            guard let fixed = reader.readFixed(16) else {
                throw .truncated(
                    reader.remaining,
                    [
                        "flags": 1,
                        "timeOfWeek": 4,
                        "year": 2,
                        "month": 1,
                        "day": 1,
                        "hours": 1,
                        "minutes": 1,
                        "seconds": 1,
                        "nanoseconds": 4,
                    ]
                )
            }
            flags = fixed.integer(at: 0, .little)
            timeOfWeek = fixed.integer(at: 1, .little)
            year = fixed.integer(at: 5, .little)
            month = fixed.integer(at: 7, .little)
            day = fixed.integer(at: 8, .little)
            hours = fixed.integer(at: 9, .little)
            minutes = fixed.integer(at: 10, .little)
            seconds = fixed.integer(at: 11, .little)
            nanoseconds = fixed.integer(at: 12, .little)
            try checkBounds()
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            try checkBounds()
            writer.integer(flags, .little)
            writer.integer(timeOfWeek, .little)
            writer.integer(year, .little)
            writer.integer(month, .little)
            writer.integer(day, .little)
            writer.integer(hours, .little)
            writer.integer(minutes, .little)
            writer.integer(seconds, .little)
            writer.integer(nanoseconds, .little)
        }

        private func checkBounds() throws(PayloadError) {
            guard year >= 1980 else {
                throw PayloadError(.outOfBounds, field: "year")
            }
            guard (1...12).contains(month) else {
                throw PayloadError(.outOfBounds, field: "month")
            }
            guard (1...31).contains(day) else {
                throw PayloadError(.outOfBounds, field: "day")
            }
            guard hours <= 23 else {
                throw PayloadError(.outOfBounds, field: "hours")
            }
            guard minutes <= 59 else {
                throw PayloadError(.outOfBounds, field: "minutes")
            }
            guard seconds <= 60 else {
                throw PayloadError(.outOfBounds, field: "seconds")
            }
            guard nanoseconds <= 999_999_999 else {
                throw PayloadError(.outOfBounds, field: "nanoseconds")
            }
        }
    }

    /// Handles ``UTCTime``, which has no reply.
    ///
    /// Write `func handle(_ message: SBP.UTCTime, context: Context) async throws`, or the same without `async` if the
    /// handler does not suspend.
    protocol UTCTimeHandler: OneWayHandler where Input == UTCTime {}
}

nonisolated extension SBP {
    /// Where the receiver is.
    struct Position: Message, Hashable {
        /// The code of the message in a frame.
        static var code: MessageCode { 0x0201 }
        /// The name of the message in the spec.
        static var name: String { "Position" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .both }

        /// The field `timeOfWeek`.
        var timeOfWeek: UInt32

        /// The field `latitude`.
        ///
        /// In degrees. From -90.0 to 90.0.
        var latitude: Double

        /// The field `longitude`.
        ///
        /// In degrees. From -180.0 to 180.0.
        var longitude: Double

        /// In metres above the ellipsoid.
        var height: Double

        /// In millimetres.
        var horizontalAccuracy: UInt16

        /// In millimetres.
        var verticalAccuracy: UInt16

        /// The field `satellites`.
        var satellites: UInt8

        /// The field `flags`.
        var flags: UInt8

        /// A `Position` with these fields.
        init(
            timeOfWeek: UInt32,
            latitude: Double,
            longitude: Double,
            height: Double,
            horizontalAccuracy: UInt16,
            verticalAccuracy: UInt16,
            satellites: UInt8,
            flags: UInt8
        ) {
            self.timeOfWeek = timeOfWeek
            self.latitude = latitude
            self.longitude = longitude
            self.height = height
            self.horizontalAccuracy = horizontalAccuracy
            self.verticalAccuracy = verticalAccuracy
            self.satellites = satellites
            self.flags = flags
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            guard let fixed = reader.readFixed(34) else {
                throw .truncated(
                    reader.remaining,
                    [
                        "timeOfWeek": 4,
                        "latitude": 8,
                        "longitude": 8,
                        "height": 8,
                        "horizontalAccuracy": 2,
                        "verticalAccuracy": 2,
                        "satellites": 1,
                        "flags": 1,
                    ]
                )
            }
            timeOfWeek = fixed.integer(at: 0, .little)
            latitude = fixed.float(at: 4, .little)
            longitude = fixed.float(at: 12, .little)
            height = fixed.float(at: 20, .little)
            horizontalAccuracy = fixed.integer(at: 28, .little)
            verticalAccuracy = fixed.integer(at: 30, .little)
            satellites = fixed.integer(at: 32, .little)
            flags = fixed.integer(at: 33, .little)
            try checkBounds()
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            try checkBounds()
            writer.integer(timeOfWeek, .little)
            writer.float(latitude, .little)
            writer.float(longitude, .little)
            writer.float(height, .little)
            writer.integer(horizontalAccuracy, .little)
            writer.integer(verticalAccuracy, .little)
            writer.integer(satellites, .little)
            writer.integer(flags, .little)
        }

        private func checkBounds() throws(PayloadError) {
            guard (-90.0...90.0).contains(latitude) else {
                throw PayloadError(.outOfBounds, field: "latitude")
            }
            guard (-180.0...180.0).contains(longitude) else {
                throw PayloadError(.outOfBounds, field: "longitude")
            }
        }
    }

    /// Handles ``Position``, which has no reply.
    ///
    /// Write `func handle(_ message: SBP.Position, context: Context) async throws`, or the same without `async` if the
    /// handler does not suspend.
    protocol PositionHandler: OneWayHandler where Input == Position {}
}

nonisolated extension SBP {
    /// A line for people.
    struct Log: Message, Hashable {
        /// The code of the message in a frame.
        static var code: MessageCode { 0x0401 }
        /// The name of the message in the spec.
        static var name: String { "Log" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .both }

        /// The field `level`.
        var level: LogLevel

        /// The field `text`.
        var text: String

        /// A `Log` with these fields.
        init(level: LogLevel, text: String) {
            self.level = level
            self.text = text
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            level = try reader.enumeration(.little, field: "level")
            text = try reader.string(field: "text")
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            writer.enumeration(level, .little)
            writer.string(text)
        }
    }

    /// Handles ``Log``, which has no reply.
    ///
    /// Write `func handle(_ message: SBP.Log, context: Context) async throws`, or the same without `async` if the
    /// handler does not suspend.
    protocol LogHandler: OneWayHandler where Input == Log {}
}

nonisolated extension SBP {
    /// What the accelerometer and the gyroscope say.
    struct Motion: Message, Hashable {
        /// The code of the message in a frame.
        static var code: MessageCode { 0x0900 }
        /// The name of the message in the spec.
        static var name: String { "Motion" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .both }

        /// The field `timeOfWeek`.
        var timeOfWeek: UInt32

        /// The field `fraction`.
        var fraction: UInt8

        /// The field `acceleration`.
        var acceleration: Axes

        /// The field `rotation`.
        var rotation: Axes

        /// A `Motion` with these fields.
        init(timeOfWeek: UInt32, fraction: UInt8, acceleration: Axes, rotation: Axes) {
            self.timeOfWeek = timeOfWeek
            self.fraction = fraction
            self.acceleration = acceleration
            self.rotation = rotation
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            guard let fixed = reader.readFixed(5) else {
                throw .truncated(reader.remaining, ["timeOfWeek": 4, "fraction": 1])
            }
            timeOfWeek = fixed.integer(at: 0, .little)
            fraction = fixed.integer(at: 4, .little)
            acceleration = try Axes(from: &reader)
            rotation = try Axes(from: &reader)
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            writer.integer(timeOfWeek, .little)
            writer.integer(fraction, .little)
            try acceleration.encode(into: &writer)
            try rotation.encode(into: &writer)
        }
    }

    /// Handles ``Motion``, which has no reply.
    ///
    /// Write `func handle(_ message: SBP.Motion, context: Context) async throws`, or the same without `async` if the
    /// handler does not suspend.
    protocol MotionHandler: OneWayHandler where Input == Motion {}
}

nonisolated extension SBP {
    /// A satellite that was found.
    struct Acquisition: Message, Hashable {
        /// The code of the message in a frame.
        static var code: MessageCode { 0x0014 }
        /// The name of the message in the spec.
        static var name: String { "Acquisition" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .both }

        /// The field `noiseRatio`.
        var noiseRatio: Float

        /// The field `codePhase`.
        var codePhase: Float

        /// The field `frequency`.
        ///
        /// In Hz.
        var frequency: Float

        /// The field `satellite`.
        var satellite: Satellite

        /// An `Acquisition` with these fields.
        init(noiseRatio: Float, codePhase: Float, frequency: Float, satellite: Satellite) {
            self.noiseRatio = noiseRatio
            self.codePhase = codePhase
            self.frequency = frequency
            self.satellite = satellite
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            guard let fixed = reader.readFixed(12) else {
                throw .truncated(reader.remaining, ["noiseRatio": 4, "codePhase": 4, "frequency": 4])
            }
            noiseRatio = fixed.float(at: 0, .little)
            codePhase = fixed.float(at: 4, .little)
            frequency = fixed.float(at: 8, .little)
            satellite = try Satellite(from: &reader)
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            writer.float(noiseRatio, .little)
            writer.float(codePhase, .little)
            writer.float(frequency, .little)
            try satellite.encode(into: &writer)
        }
    }

    /// Handles ``Acquisition``, which has no reply.
    ///
    /// Write `func handle(_ message: SBP.Acquisition, context: Context) async throws`, or the same without `async` if
    /// the handler does not suspend.
    protocol AcquisitionHandler: OneWayHandler where Input == Acquisition {}
}

nonisolated extension SBP {
    /// The satellites that are followed.
    struct Tracking: Message, Hashable {
        /// The code of the message in a frame.
        static var code: MessageCode { 0x0013 }
        /// The name of the message in the spec.
        static var name: String { "Tracking" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .both }

        /// The field `states`.
        var states: [Channel]

        /// A `Tracking` with these fields.
        init(states: [Channel]) {
            self.states = states
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            states = try reader.array(field: "states", Channel.init(from:))
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            for element in states {
                try element.encode(into: &writer)
            }
        }
    }

    /// Handles ``Tracking``, which has no reply.
    ///
    /// Write `func handle(_ message: SBP.Tracking, context: Context) async throws`, or the same without `async` if the
    /// handler does not suspend.
    protocol TrackingHandler: OneWayHandler where Input == Tracking {}
}

nonisolated extension SBP {
    /// Asks for the names of files.
    struct ReadFolder: Message, Hashable {
        /// The code of the message in a frame.
        static var code: MessageCode { 0x00A9 }
        /// The name of the message in the spec.
        static var name: String { "ReadFolder" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .both }

        /// The field `sequence`.
        var sequence: UInt32

        /// The field `offset`.
        var offset: UInt32

        /// Ends with a zero byte.
        var path: String

        /// A `ReadFolder` with these fields.
        init(sequence: UInt32, offset: UInt32, path: String) {
            self.sequence = sequence
            self.offset = offset
            self.path = path
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            guard let fixed = reader.readFixed(8) else {
                throw .truncated(reader.remaining, ["sequence": 4, "offset": 4])
            }
            sequence = fixed.integer(at: 0, .little)
            offset = fixed.integer(at: 4, .little)
            path = try reader.string(field: "path")
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            writer.integer(sequence, .little)
            writer.integer(offset, .little)
            writer.string(path)
        }
    }

    /// Handles ``ReadFolder``, which has no reply.
    ///
    /// Write `func handle(_ message: SBP.ReadFolder, context: Context) async throws`, or the same without `async` if
    /// the handler does not suspend.
    protocol ReadFolderHandler: OneWayHandler where Input == ReadFolder {}
}

nonisolated extension SBP {
    /// Which files are opened most often.
    struct OpenFiles: Message, Hashable {
        /// The code of the message in a frame.
        static var code: MessageCode { 0x7F07 }
        /// The name of the message in the spec.
        static var name: String { "OpenFiles" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .both }

        /// The field `count`.
        var count: UInt32

        /// Each ends with a zero byte.
        var names: String

        /// An `OpenFiles` with these fields.
        init(count: UInt32, names: String) {
            self.count = count
            self.names = names
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            count = try reader.integer(.little, field: "count")
            names = try reader.string(field: "names")
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            writer.integer(count, .little)
            writer.string(names)
        }
    }

    /// Handles ``OpenFiles``, which has no reply.
    ///
    /// Write `func handle(_ message: SBP.OpenFiles, context: Context) async throws`, or the same without `async` if the
    /// handler does not suspend.
    protocol OpenFilesHandler: OneWayHandler where Input == OpenFiles {}
}

nonisolated extension SBP {
    /// How much a line matters.
    enum LogLevel: RawRepresentable, Hashable, Sendable {
        /// `0x00` on the wire.
        case emergency
        /// `0x01` on the wire.
        case alert
        /// `0x02` on the wire.
        case critical
        /// `0x03` on the wire.
        case error
        /// `0x04` on the wire.
        case warning
        /// `0x05` on the wire.
        case notice
        /// `0x06` on the wire.
        case info
        /// `0x07` on the wire.
        case debug
        /// A number without a name in the spec.
        case unrecognized(UInt8)

        /// The case with this number.
        init(rawValue: UInt8) {
            switch rawValue {
            case 0x00: self = .emergency
            case 0x01: self = .alert
            case 0x02: self = .critical
            case 0x03: self = .error
            case 0x04: self = .warning
            case 0x05: self = .notice
            case 0x06: self = .info
            case 0x07: self = .debug
            default: self = .unrecognized(rawValue)
            }
        }

        /// The number of the case.
        var rawValue: UInt8 {
            switch self {
            case .emergency: 0x00
            case .alert: 0x01
            case .critical: 0x02
            case .error: 0x03
            case .warning: 0x04
            case .notice: 0x05
            case .info: 0x06
            case .debug: 0x07
            case .unrecognized(let value): value
            }
        }
    }
}

nonisolated extension SBP {
    /// One number for each direction.
    struct Axes: Hashable, Sendable {
        /// The field `x`.
        var x: Int16

        /// The field `y`.
        var y: Int16

        /// The field `z`.
        var z: Int16

        /// An `Axes` with these fields.
        init(x: Int16, y: Int16, z: Int16) {
            self.x = x
            self.y = y
            self.z = z
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            guard let fixed = reader.readFixed(6) else {
                throw .truncated(reader.remaining, ["Axes.x": 2, "Axes.y": 2, "Axes.z": 2])
            }
            x = fixed.integer(at: 0, .little)
            y = fixed.integer(at: 2, .little)
            z = fixed.integer(at: 4, .little)
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            writer.integer(x, .little)
            writer.integer(y, .little)
            writer.integer(z, .little)
        }
    }
}

nonisolated extension SBP {
    /// Which satellite, and what it sends.
    struct Satellite: Hashable, Sendable {
        /// The field `number`.
        var number: UInt16

        /// The field `band`.
        var band: UInt8

        /// The field `constellation`.
        var constellation: UInt8

        /// A `Satellite` with these fields.
        init(number: UInt16, band: UInt8 = 0, constellation: UInt8 = 0) {
            self.number = number
            self.band = band
            self.constellation = constellation
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            guard let fixed = reader.readFixed(4) else {
                throw .truncated(
                    reader.remaining,
                    [
                        "Satellite.number": 2,
                        "Satellite.band": 1,
                        "Satellite.constellation": 1,
                    ]
                )
            }
            number = fixed.integer(at: 0, .little)
            band = fixed.integer(at: 2, .little)
            constellation = fixed.integer(at: 3, .little)
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            writer.integer(number, .little)
            writer.integer(band, .little)
            writer.integer(constellation, .little)
        }
    }
}

nonisolated extension SBP {
    /// A channel of the receiver.
    struct Channel: Hashable, Sendable {
        /// The field `state`.
        var state: UInt8

        /// The field `satellite`.
        var satellite: Satellite

        /// The ratio of carrier to noise in dB-Hz.
        var cn0: Float

        /// A `Channel` with these fields.
        init(state: UInt8, satellite: Satellite, cn0: Float) {
            self.state = state
            self.satellite = satellite
            self.cn0 = cn0
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            state = try reader.integer(.little, field: "Channel.state")
            satellite = try Satellite(from: &reader)
            cn0 = try reader.float(.little, field: "Channel.cn0")
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            writer.integer(state, .little)
            try satellite.encode(into: &writer)
            writer.float(cn0, .little)
        }
    }
}

nonisolated extension SBP {
    /// Handles every message that clients send, with one method for each.
    ///
    /// A type without one of the methods does not compile. Register the service with `router.register(_:)`.
    protocol Service: Sendable {
        /// Handles ``GPSTime``, which has no reply.
        func gpsTime(_ message: GPSTime, context: Context) async throws

        /// Handles ``UTCTime``, which has no reply.
        func utcTime(_ message: UTCTime, context: Context) async throws

        /// Handles ``Position``, which has no reply.
        func position(_ message: Position, context: Context) async throws

        /// Handles ``Log``, which has no reply.
        func log(_ message: Log, context: Context) async throws

        /// Handles ``Motion``, which has no reply.
        func motion(_ message: Motion, context: Context) async throws

        /// Handles ``Acquisition``, which has no reply.
        func acquisition(_ message: Acquisition, context: Context) async throws

        /// Handles ``Tracking``, which has no reply.
        func tracking(_ message: Tracking, context: Context) async throws

        /// Handles ``ReadFolder``, which has no reply.
        func readFolder(_ message: ReadFolder, context: Context) async throws

        /// Handles ``OpenFiles``, which has no reply.
        func openFiles(_ message: OpenFiles, context: Context) async throws
    }
}

nonisolated extension Router {
    /// Registers the methods of `service` for every message that clients send.
    mutating func register(_ service: some SBP.Service) {
        on(SBP.GPSTime.self) { message, context in
            try await service.gpsTime(message, context: context)
        }
        on(SBP.UTCTime.self) { message, context in
            try await service.utcTime(message, context: context)
        }
        on(SBP.Position.self) { message, context in
            try await service.position(message, context: context)
        }
        on(SBP.Log.self) { message, context in
            try await service.log(message, context: context)
        }
        on(SBP.Motion.self) { message, context in
            try await service.motion(message, context: context)
        }
        on(SBP.Acquisition.self) { message, context in
            try await service.acquisition(message, context: context)
        }
        on(SBP.Tracking.self) { message, context in
            try await service.tracking(message, context: context)
        }
        on(SBP.ReadFolder.self) { message, context in
            try await service.readFolder(message, context: context)
        }
        on(SBP.OpenFiles.self) { message, context in
            try await service.openFiles(message, context: context)
        }
    }
}
