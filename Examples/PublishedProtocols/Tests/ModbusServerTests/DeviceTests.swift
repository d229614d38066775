import ModbusDevice
import Switchboard
import Testing

@Suite("A Modbus device")
struct DeviceTests {
    private var device = Device(size: 100)

    @Test("reads and writes up to its last address, and refuses the next one")
    mutating func addresses() throws {
        try device.writeRegisters(98, 2, [1, 0xFFFF])
        #expect(try device.readRegisters(97, 3) == [0, 1, 0xFFFF])
        #expect(throws: Refusal.illegalDataAddress) { try device.readRegisters(98, 3) }
        #expect(throws: Refusal.illegalDataAddress) { try device.readRegisters(0xFFFF, 1) }
        #expect(throws: Refusal.illegalDataAddress) { try device.writeRegisters(100, 1, [7]) }
        try device.writeCoils(91, 9, [0b1010_1010, 1])
        #expect(try device.readCoils(90, 10) == [0b0101_0100, 0b11])
        #expect(throws: Refusal.illegalDataAddress) { try device.writeCoils(92, 9, [0, 0]) }
    }

    @Test("refuses numbers of values that a request must not have")
    mutating func counts() throws {
        for count: UInt16 in [0, 126, 0xFFFF] {
            #expect(throws: Refusal.illegalDataValue) { try device.readRegisters(0, count) }
        }
        #expect(throws: Refusal.illegalDataValue) { try device.readCoils(0, 2001) }
        #expect(throws: Refusal.illegalDataValue) { try device.writeRegisters(0, 2, [1]) }
        #expect(throws: Refusal.illegalDataValue) { try device.writeCoils(0, 9, [0]) }
    }

    @Test("keeps the last 31 values of register 0 in a queue")
    mutating func queue() throws {
        for value: UInt16 in 0..<40 { try device.writeRegisters(0, 2, [value, 7]) }
        #expect(try device.readQueue(0) == Array(9..<40))
        #expect(throws: Refusal.illegalDataAddress) { try device.readQueue(1) }
    }

    @Test("has files of 10,000 registers")
    mutating func files() throws {
        try device.writeFile(10, 9_998, [1, 2])
        #expect(try device.readFile(10, 9_997, 3) == [0, 1, 2])
        #expect(try device.readFile(1, 0, 2) == [0, 0])
        #expect(throws: Refusal.illegalDataAddress) { try device.readFile(10, 9_998, 3) }
        #expect(throws: Refusal.illegalDataAddress) { try device.readFile(0, 0, 1) }
        #expect(throws: Refusal.illegalDataAddress) { try device.writeFile(11, 0, [1]) }
    }

    @Test("identifies itself in as many replies as it takes")
    func identification() throws {
        #expect(try Identification.read(1, from: 1).objects.map(\.id) == [1, 2])
        #expect(try Identification.read(1, from: 9).objects.map(\.id) == [0, 1, 2])
        var (ids, next): ([UInt8], UInt8?) = ([], 0)
        var replies = 0
        while let first = next {
            let part = try Identification.read(3, from: first)
            ids += part.objects.map(\.id)
            next = part.next
            replies += 1
        }
        #expect(ids == [0, 1, 2, 3, 4, 5, 6, 0x80, 0x81, 0x82])
        #expect(replies > 1)
        #expect(try Identification.read(4, from: 0x82).objects.map(\.id) == [0x82])
        #expect(throws: Refusal.illegalDataAddress) { try Identification.read(4, from: 0x83) }
        #expect(throws: Refusal.illegalDataValue) { try Identification.read(5, from: 0) }
    }

    @Test("ignores messages for other devices, does not answer a broadcast, and has a listen-only mode")
    func line() {
        var line = Line()
        func send(_ unit: UInt8, restarts: Bool = false, _ refusal: Refusal? = nil) -> Bool {
            let result = Station.serial(unit: 7).handle(unit, on: &line, isCounted: true, restarts: restarts) {
                line throws(Refusal) in
                if let refusal { throw refusal }
                if restarts { line.restart(clearsLog: false) }
                return true as Bool?
            }
            return result != nil
        }
        #expect(send(7))
        #expect(!send(8))
        #expect(!send(0))
        #expect(send(7, .illegalFunction))
        #expect(
            [line.busMessages, line.deviceMessages, line.exceptions, line.unanswered, line.completed] == [
                4, 3, 1, 1, 2,
            ]
        )
        #expect(line.events == [0x41, 0x80, 0x40, 0xC0, 0x40, 0x80])
        line.listenOnly()
        #expect(!send(7))
        #expect(line.unanswered == 2)
        _ = send(7, restarts: true)
        #expect(!line.isListenOnly)
        #expect(line.busMessages == 0)
        for _ in 0..<100 { _ = send(7) }
        #expect(line.events.count == 64)
    }
}
