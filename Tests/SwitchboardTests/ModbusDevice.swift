import Switchboard

/// A device with the values of the published examples.
struct Device: Modbus.Service {
    func readCoils(_ message: Modbus.ReadCoils, context: Context) async throws -> Modbus.Coils {
        // Other requests may overtake this one, because the transaction number pairs replies with
        // requests.
        if message.start == 0 { try await Task.sleep(for: .seconds(60)) }
        return Modbus.Coils(status: [0xCD, 0x6B, 0x05])
    }

    func readHoldingRegisters(
        _ message: Modbus.ReadHoldingRegisters,
        context: Context
    ) async throws -> Modbus.HoldingRegisters {
        Modbus.HoldingRegisters(registers: [0x02, 0x2B, 0x00, 0x00, 0x00, 0x64])
    }

    func readInputRegisters(
        _ message: Modbus.ReadInputRegisters,
        context: Context
    ) async throws -> Modbus.InputRegisters {
        Modbus.InputRegisters(registers: [0x00, context.header(of: Modbus.self).unit])
    }

    func writeCoil(_ message: Modbus.WriteCoil, context: Context) async throws -> Modbus.CoilWritten {
        Modbus.CoilWritten(address: message.address, value: message.value)
    }

    func writeRegister(_ message: Modbus.WriteRegister, context: Context) async throws -> Modbus.RegisterWritten {
        Modbus.RegisterWritten(address: message.address, value: message.value)
    }

    func writeCoils(_ message: Modbus.WriteCoils, context: Context) async throws -> Modbus.CoilsWritten {
        Modbus.CoilsWritten(start: message.start, count: message.count)
    }

    func writeRegisters(_ message: Modbus.WriteRegisters, context: Context) async throws -> Modbus.RegistersWritten {
        Modbus.RegistersWritten(start: message.start, count: message.count)
    }
}
