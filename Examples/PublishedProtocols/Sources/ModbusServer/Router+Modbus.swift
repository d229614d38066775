import ModbusDevice
import Serving
import Switchboard

// ModbusRTUServer compiles this file, too, through a link: the messages of both specs have the same names and fields.

extension Router {
    /// The handlers of Modbus' requests, over a device.
    static func modbus(_ device: Shared<Device>, at station: Station) -> Router {
        var functions = Functions(device, station)
        functions.registerCoils()
        functions.registerRegisters()
        functions.registerFiles()
        functions.registerIdentification()
        functions.registerDiagnostics()
        functions.router.onUnhandled { message, context in
            context.logger.info("connection refused", metadata: ["unknown_function": "\(message.code)"])
            context.connection.close()
        }
        return functions.router
    }
}

/// The handlers of Modbus' functions.
///
/// A request has no `reply` in the spec, because the device sends the exception of the function instead if it refuses the request.
private struct Functions {
    private let device: Shared<Device>
    private let station: Station
    var router = Router(Modbus.self)

    init(_ device: Shared<Device>, _ station: Station) {
        self.device = device
        self.station = station
    }

    // MARK: Coils and registers

    mutating func registerCoils() {
        serve(Modbus.ReadCoils.self, Modbus.ReadCoilsFailed.init) { device, read throws(Refusal) in
            Modbus.Coils(status: try device.readCoils(read.start, read.count))
        }
        serve(Modbus.ReadDiscreteInputs.self, Modbus.ReadDiscreteInputsFailed.init) { device, read throws(Refusal) in
            Modbus.DiscreteInputs(status: try device.readCoils(read.start, read.count))
        }
        serve(Modbus.WriteCoil.self, Modbus.WriteCoilFailed.init) { device, write throws(Refusal) in
            guard write.value == .on || write.value == .off else { throw .illegalDataValue }
            try device.writeCoils(write.address, 1, [write.value == .on ? 1 : 0])
            return Modbus.CoilWritten(address: write.address, value: write.value)
        }
        serve(Modbus.WriteCoils.self, Modbus.WriteCoilsFailed.init) { device, write throws(Refusal) in
            try device.writeCoils(write.start, write.count, write.status)
            return Modbus.CoilsWritten(start: write.start, count: write.count)
        }
    }

    mutating func registerRegisters() {
        serve(Modbus.ReadHoldingRegisters.self, Modbus.ReadHoldingRegistersFailed.init) {
            device,
            read throws(Refusal) in
            Modbus.HoldingRegisters(registers: try device.readRegisters(read.start, read.count))
        }
        serve(Modbus.ReadInputRegisters.self, Modbus.ReadInputRegistersFailed.init) { device, read throws(Refusal) in
            Modbus.InputRegisters(registers: try device.readRegisters(read.start, read.count))
        }
        serve(Modbus.WriteRegister.self, Modbus.WriteRegisterFailed.init) { device, write throws(Refusal) in
            try device.writeRegisters(write.address, 1, [write.value])
            return Modbus.RegisterWritten(address: write.address, value: write.value)
        }
        serve(Modbus.WriteRegisters.self, Modbus.WriteRegistersFailed.init) { device, write throws(Refusal) in
            try device.writeRegisters(write.start, write.count, write.registers)
            return Modbus.RegistersWritten(start: write.start, count: write.count)
        }
        serve(Modbus.MaskWriteRegister.self, Modbus.MaskWriteRegisterFailed.init) { device, mask throws(Refusal) in
            try device.maskRegister(mask.address, and: mask.andMask, or: mask.orMask)
            return Modbus.RegisterMasked(address: mask.address, andMask: mask.andMask, orMask: mask.orMask)
        }
        serve(Modbus.ReadWriteRegisters.self, Modbus.ReadWriteRegistersFailed.init) { device, both throws(Refusal) in
            // Nothing is written unless both parts are allowed.
            _ = try device.readRegisters(both.readStart, both.readCount)
            let limit = DeviceLimits.registersToWriteAndRead
            try device.writeRegisters(both.writeStart, both.writeCount, both.registers, limit: limit)
            return Modbus.RegistersReadAndWritten(registers: try device.readRegisters(both.readStart, both.readCount))
        }
        serve(Modbus.ReadFIFOQueue.self, Modbus.ReadFIFOQueueFailed.init) { device, read throws(Refusal) in
            Modbus.FIFOQueue(queue: .init(registers: try device.readQueue(read.pointer)))
        }
    }

    // MARK: Files and identification

    mutating func registerFiles() {
        serve(Modbus.ReadFileRecords.self, Modbus.ReadFileRecordsFailed.init) { device, read throws(Refusal) in
            // Each part of the reply has two bytes before its registers.
            let bytes = read.records.reduce(0) { $0 + 2 + 2 * Int($1.count) }
            guard !read.records.isEmpty, bytes <= DeviceLimits.fileBytes else { throw .illegalDataValue }
            let records = try read.records.map { place throws(Refusal) in
                Modbus.RecordValues(registers: try device.readFile(place.file, place.record, place.count))
            }
            return Modbus.FileRecords(records: records)
        }
        serve(Modbus.WriteFileRecords.self, Modbus.WriteFileRecordsFailed.init) { device, write throws(Refusal) in
            guard !write.records.isEmpty else { throw .illegalDataValue }
            // Nothing is written unless all parts are allowed.
            for part in write.records { _ = try device.fileRange(part.file, part.record, part.registers.count) }
            for part in write.records { try device.writeFile(part.file, part.record, part.registers) }
            return Modbus.FileRecordsWritten(records: write.records)
        }
    }

    // Functions that are always carried out have no exception in the spec; DiagnoseFailed stands for it.

    mutating func registerIdentification() {
        serve(Modbus.ReportServerID.self, Modbus.DiagnoseFailed.init) { _, _ throws(Refusal) in
            // The last byte says that the device runs.
            Modbus.ServerID(identifier: Bytes(Array(Identification.serverID.utf8) + [0xFF]))
        }
        serve(Modbus.ReadDeviceIdentification.self, Modbus.ReadDeviceIdentificationFailed.init) {
            _,
            read throws(Refusal) in
            guard read.kind == 14 else { throw .illegalFunction }
            let part = try Identification.read(read.category.rawValue, from: read.object)
            return Modbus.DeviceIdentification(
                category: read.category,
                conformity: Identification.conformity,
                moreFollows: part.next == nil ? 0 : 0xFF,
                nextObject: part.next ?? 0,
                objects: part.objects.map { .init(id: $0.id, value: $0.text) }
            )
        }
    }

    // MARK: Diagnostics

    mutating func registerDiagnostics() {
        serve(Modbus.ReadExceptionStatus.self, Modbus.DiagnoseFailed.init) { device, _ throws(Refusal) in
            Modbus.ExceptionStatus(outputs: device.exceptionStatus)
        }
        serveOnLine(Modbus.GetEventCounter.self, Modbus.DiagnoseFailed.init, isCounted: false) {
            (_, line, _) throws(Refusal) in
            Modbus.EventCounter(state: .ready, count: line.completed)
        }
        serveOnLine(Modbus.GetEventLog.self, Modbus.DiagnoseFailed.init, isCounted: false) {
            (_, line, _) throws(Refusal) in
            let (events, messages) = (line.completed, line.busMessages)
            return Modbus.EventLog(
                log: .init(state: .ready, eventCount: events, messageCount: messages, events: Bytes(line.events))
            )
        }
        serveOnLine(
            Modbus.Diagnose.self,
            Modbus.DiagnoseFailed.init,
            restarts: { $0.test == .restart }
        ) { _, line, request throws(Refusal) -> Modbus.Diagnosis? in
            guard let data = try diagnose(&line, request.test, request.data) else { return nil }
            return Modbus.Diagnosis(test: request.test, data: data)
        }
    }

    // MARK: Registration

    /// Registers the handler of a function that uses the device.
    private mutating func serve<Input: Message, Output: Message, Failure: Message>(
        _ type: Input.Type,
        _ makeFailure: @escaping @Sendable (Modbus.Exception) -> Failure,
        _ body: @escaping @Sendable (inout Device, Input) throws(Refusal) -> Output
    ) {
        serveOnLine(type, makeFailure) { device, _, message throws(Refusal) in try body(&device, message) }
    }

    /// Registers the handler of a function that uses the device and its line.
    ///
    /// - Parameters:
    ///   - isCounted: Whether the function counts as a message that the device has carried out.
    ///   - restarts: Whether the device carries a message out also if it only listens.
    ///   - body: Carries out the function, and returns the reply, if there is one.
    private mutating func serveOnLine<Input: Message, Output: Message, Failure: Message>(
        _ type: Input.Type,
        _ makeFailure: @escaping @Sendable (Modbus.Exception) -> Failure,
        isCounted: Bool = true,
        restarts: @escaping @Sendable (Input) -> Bool = { _ in false },
        _ body: @escaping @Sendable (inout Device, inout Line, Input) throws(Refusal) -> Output?
    ) {
        router.on(type) { [device, station] message, context in
            let header = context.header(of: Modbus.self)
            let result = context.session.update(Line.Key.self, default: Line()) { line in
                device.use { device in
                    station.handle(header.unit, on: &line, isCounted: isCounted, restarts: restarts(message)) {
                        line throws(Refusal) in try body(&device, &line, message)
                    }
                }
            }
            switch result {
            case nil: break
            case .success(let reply)?: try context.send(reply, header: header)
            case .failure(let refusal)?:
                try context.send(makeFailure(Modbus.Exception(rawValue: refusal.rawValue)), header: header)
            }
        }
    }
}

/// Carries out a test of the line, or reads or clears its counters.
///
/// - Returns: The data of the reply; `nil` if there is none.
private func diagnose(_ line: inout Line, _ test: Modbus.Test, _ data: UInt16) throws(Refusal) -> UInt16? {
    switch test {
    case .returnQueryData: return data
    case .restart:
        guard data == 0 || data == 0xFF00 else { throw .illegalDataValue }
        let wasSilent = line.isListenOnly
        line.restart(clearsLog: data == 0xFF00)
        return wasSilent ? nil : data
    case .changeDelimiter:
        // The delimiter is the upper byte; there is no text mode in which the device would use it.
        guard data & 0xFF == 0 else { throw .illegalDataValue }
        return data
    default: break
    }
    guard data == 0 else { throw .illegalDataValue }
    switch test {
    case .listenOnly:
        line.listenOnly()
        return nil
    case .clearCounters:
        line.clearCounters()
        return 0
    case .busMessages: return line.busMessages
    case .exceptions: return line.exceptions
    case .deviceMessages: return line.deviceMessages
    case .unansweredMessages: return line.unanswered
    // What a device on TCP does not see, or does not do.
    case .readDiagnosticRegister, .busErrors, .refusals, .busyAnswers, .overruns, .clearOverrun: return 0
    default: throw .illegalFunction
    }
}
