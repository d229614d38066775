import Foundation
import Switchboard

extension Codec.Reading: ComparedMessage {
    static func sample(_ numbers: inout Numbers) -> Self {
        Self(
            station: numbers.int(1...5000),
            sequence: numbers.int(1...2_000_000),
            time: numbers.time(),
            latitude: numbers.double(-90...90),
            longitude: numbers.double(-180...180),
            altitude: numbers.int(-100...4000),
            temperature: numbers.float(-30...40),
            humidity: numbers.float(0...100),
            pressure: numbers.float(900...1100),
            battery: numbers.int(2500...4200),
            isCharging: numbers.bool()
        )
    }

    var protobuf: ProtoReading {
        var reading = ProtoReading()
        reading.station = station
        reading.sequence = sequence
        reading.time = time
        reading.latitude = latitude
        reading.longitude = longitude
        reading.altitude = altitude
        reading.temperature = temperature
        reading.humidity = humidity
        reading.pressure = pressure
        reading.battery = UInt32(battery)
        reading.isCharging = isCharging
        return reading
    }

    init(_ reading: ProtoReading) {
        self.init(
            station: reading.station,
            sequence: reading.sequence,
            time: reading.time,
            latitude: reading.latitude,
            longitude: reading.longitude,
            altitude: reading.altitude,
            temperature: reading.temperature,
            humidity: reading.humidity,
            pressure: reading.pressure,
            battery: UInt16(clamping: reading.battery),
            isCharging: reading.isCharging
        )
    }
}

extension Codec.Waveform: ComparedMessage {
    static func sample(_ numbers: inout Numbers) -> Self {
        let count = numbers.int(100...400)
        return Self(
            station: numbers.int(1...5000),
            time: numbers.time(),
            samples: (0..<count).map { _ in numbers.float(-1...1) }
        )
    }

    var protobuf: ProtoWaveform {
        var waveform = ProtoWaveform()
        waveform.station = station
        waveform.time = time
        waveform.samples = samples
        return waveform
    }

    init(_ waveform: ProtoWaveform) {
        self.init(station: waveform.station, time: waveform.time, samples: waveform.samples)
    }
}

extension Codec.Article: ComparedMessage {
    static func sample(_ numbers: inout Numbers) -> Self {
        Self(
            id: numbers.key(26),
            author: numbers.text(8...20),
            title: numbers.text(20...60),
            body: numbers.text(300...1500),
            signature: numbers.bytes(64...64),
            image: numbers.bytes(200...800)
        )
    }

    var protobuf: ProtoArticle {
        var article = ProtoArticle()
        article.id = id
        article.author = author
        article.title = title
        article.body = body
        article.signature = Data(signature)
        article.image = Data(image)
        return article
    }

    init(_ article: ProtoArticle) {
        self.init(
            id: article.id,
            author: article.author,
            title: article.title,
            body: article.body,
            signature: Bytes(article.signature),
            image: Bytes(article.image)
        )
    }
}

extension Codec.Order: ComparedMessage {
    static func sample(_ numbers: inout Numbers) -> Self {
        let lines = (0..<numbers.int(1...8)).map { _ in Codec.Line.sample(&numbers) }
        let events = (0..<numbers.int(1...5)).map { number in
            Codec.Event(time: numbers.time(), status: Codec.Status(rawValue: UInt8(clamping: number)))
        }
        return Self(
            id: numbers.int(1...10_000_000),
            status: Codec.Status(rawValue: numbers.int(0...4)),
            customer: numbers.key(12),
            coupon: numbers.bool() ? numbers.key(8) : nil,
            delivery: Codec.Address.sample(&numbers),
            invoice: numbers.bool() ? Codec.Address.sample(&numbers) : nil,
            lines: lines,
            events: events,
            tags: (0..<numbers.int(0...4)).map { _ in numbers.text(4...20) }
        )
    }

    var protobuf: ProtoOrder {
        var order = ProtoOrder()
        order.id = id
        order.status = status.protobuf
        order.customer = customer
        if let coupon { order.coupon = coupon }
        order.delivery = delivery.protobuf
        if let invoice { order.invoice = invoice.protobuf }
        order.lines = lines.map(\.protobuf)
        order.events = events.map(\.protobuf)
        order.tags = tags
        return order
    }

    init(_ order: ProtoOrder) {
        self.init(
            id: order.id,
            status: Codec.Status(order.status),
            customer: order.customer,
            coupon: order.hasCoupon ? order.coupon : nil,
            delivery: Codec.Address(order.delivery),
            invoice: order.hasInvoice ? Codec.Address(order.invoice) : nil,
            lines: order.lines.map(Codec.Line.init),
            events: order.events.map(Codec.Event.init),
            tags: order.tags
        )
    }
}

extension Codec.Address {
    fileprivate static func sample(_ numbers: inout Numbers) -> Self {
        Self(
            name: numbers.text(8...24),
            street: numbers.text(10...30),
            city: numbers.text(4...15),
            country: numbers.key(2)
        )
    }

    fileprivate var protobuf: ProtoAddress {
        var address = ProtoAddress()
        (address.name, address.street, address.city, address.country) = (name, street, city, country)
        return address
    }

    fileprivate init(_ address: ProtoAddress) {
        self.init(name: address.name, street: address.street, city: address.city, country: address.country)
    }
}

extension Codec.Line {
    fileprivate static func sample(_ numbers: inout Numbers) -> Self {
        Self(
            article: numbers.key(10),
            quantity: numbers.int(1...20),
            unit: Codec.Unit(rawValue: numbers.int(0...2)),
            price: numbers.int(100...50_000),
            discount: numbers.bool() ? numbers.int(1...90) : nil,
            note: numbers.int(0...3) == 0 ? numbers.text(10...40) : nil
        )
    }

    fileprivate var protobuf: ProtoLine {
        var line = ProtoLine()
        line.article = article
        line.quantity = quantity
        line.unit = ProtoUnit(rawValue: Int(unit.rawValue)) ?? .piece
        line.price = price
        if let discount { line.discount = discount }
        if let note { line.note = note }
        return line
    }

    fileprivate init(_ line: ProtoLine) {
        self.init(
            article: line.article,
            quantity: line.quantity,
            unit: Codec.Unit(rawValue: UInt8(clamping: line.unit.rawValue)),
            price: line.price,
            discount: line.hasDiscount ? line.discount : nil,
            note: line.hasNote ? line.note : nil
        )
    }
}

extension Codec.Event {
    fileprivate var protobuf: ProtoEvent {
        var event = ProtoEvent()
        event.time = time
        event.status = status.protobuf
        return event
    }

    fileprivate init(_ event: ProtoEvent) {
        self.init(time: event.time, status: Codec.Status(event.status))
    }
}

extension Codec.Status {
    fileprivate var protobuf: ProtoStatus { ProtoStatus(rawValue: Int(rawValue)) ?? .placed }

    fileprivate init(_ status: ProtoStatus) { self.init(rawValue: UInt8(clamping: status.rawValue)) }
}
