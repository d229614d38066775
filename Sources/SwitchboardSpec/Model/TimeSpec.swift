/// `time`: the point in time that a number says.
///
/// It changes nothing on the wire, and the value stays the number: it is for people.
package struct TimeSpec: Sendable {
    /// `unit`: what the number counts.
    let unit: TimeUnit
    /// `since`: the time of the number 0.
    package var epoch = Timestamp.unix

    package init(unit: TimeUnit) {
        self.unit = unit
    }

    /// The number of units in a second.
    package var units: Int64 { Int64(unit.perSecond) }

    /// The time of the number 0, in whole seconds since 1970; a fraction is cut off.
    package var epochSeconds: Int64 { Int64(clamping: epoch.nanoseconds / Timestamp.nanosecondsPerSecond) }

    /// The meaning in a sentence, such as "In seconds since 1970-01-01T00:00:00Z".
    var note: String { "In \(unit.rawValue) since \(epoch.text(places: 0) ?? "")." }

    /// Returns the time that `number` says, as text: `1700000000 (2023-11-14T22:13:20Z)`.
    package func text(of number: SpecInteger) -> String {
        let count = (number.isNegative ? -1 : 1) * Int128(number.magnitude)
        let perSecond = Timestamp.nanosecondsPerSecond / unit.perSecond
        let time = Timestamp(nanoseconds: epoch.nanoseconds + count * perSecond)
        return time.text(places: unit.places).map { "\(number) (\($0))" } ?? "\(number)"
    }

    /// Returns what is wrong with `text`, which is no number and must be a time; `nil` if a number says the time.
    func problem(in text: String) -> String? {
        if Timestamp(text) == nil {
            return "must be a number or a time such as 2026-11-29T22:10:00Z, not `\(text.visible)`"
        }
        if number(of: text) != nil { return nil }
        return "is \(text), which is no whole number of \(unit.rawValue) that fits in 64 bits: use another time"
    }

    /// Returns the number that says the time in `text`; `nil` if the text is no time, or one that no number says.
    package func number(of text: String) -> SpecInteger? {
        guard let time = Timestamp(text) else { return nil }
        let (count, rest) = (time.nanoseconds - epoch.nanoseconds).quotientAndRemainder(
            dividingBy: Timestamp.nanosecondsPerSecond / unit.perSecond
        )
        guard rest == 0, let magnitude = UInt64(exactly: count.magnitude) else { return nil }
        return SpecInteger(isNegative: count < 0, magnitude: magnitude)
    }
}

/// The unit that a point in time is counted in.
///
/// The raw value is the keyword in a spec.
package enum TimeUnit: String, CaseIterable, Sendable {
    // swift-format-ignore: OneCasePerLine
    case seconds, milliseconds, microseconds, nanoseconds

    /// The number of digits behind the point of a number of seconds.
    fileprivate var places: Int {
        switch self {
        case .seconds: 0
        case .milliseconds: 3
        case .microseconds: 6
        case .nanoseconds: 9
        }
    }

    /// The number of units in a second.
    fileprivate var perSecond: Int128 { (0..<places).reduce(1) { number, _ in number * 10 } }
}

/// A point in time, in the form of RFC 3339.
package struct Timestamp: Sendable, Hashable {
    /// The number of nanoseconds in a second.
    package static let nanosecondsPerSecond: Int128 = 1_000_000_000
    private static let secondsPerDay = 86_400

    /// The start of the year 1970.
    package static let unix = Timestamp(nanoseconds: 0)

    /// The nanoseconds since 1970, without leap seconds.
    package let nanoseconds: Int128

    package init(nanoseconds: Int128) {
        self.nanoseconds = nanoseconds
    }

    /// The number of characters of the longest text.
    private static let longestText = 40

    /// The time in `text`: `2026-11-29T22:10:00Z`, with a fraction of at most 9 digits and any offset, or `2026-11-29` for its first
    /// second in UTC; `nil` for other text.
    package init?(_ text: String) {
        var rest = text.utf8.prefix(Self.longestText)
        guard rest.count == text.utf8.count else { return nil }
        func number(_ digits: Int) -> Int? {
            let taken = rest.prefix(digits)
            guard taken.count == digits, taken.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }) else {
                return nil
            }
            rest = rest.dropFirst(digits)
            return taken.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
        }
        func skip(_ characters: String) -> UInt8? {
            guard let first = rest.first, characters.utf8.contains(first) else { return nil }
            rest = rest.dropFirst()
            return first
        }
        guard
            let year = number(4), skip("-") != nil, let month = number(2), skip("-") != nil, let day = number(2),
            (1...12).contains(month), (1...Self.days(in: month, of: year)).contains(day)
        else { return nil }
        var seconds = Self.days(year, month, day) * Self.secondsPerDay
        var fraction: Int128 = 0
        if !rest.isEmpty {
            guard
                skip("Tt ") != nil, let hour = number(2), skip(":") != nil, let minute = number(2), skip(":") != nil,
                let second = number(2), hour < 24, minute < 60, second < 60
            else { return nil }
            seconds += hour * 3600 + minute * 60 + second
            if skip(".") != nil {
                var scale = Self.nanosecondsPerSecond
                while let digit = number(1) {
                    scale /= 10
                    guard scale > 0 else { return nil }
                    fraction += Int128(digit) * scale
                }
                if scale == Self.nanosecondsPerSecond { return nil }
            }
            guard let sign = skip("Zz+-") else { return nil }
            if sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") {
                guard let hours = number(2), skip(":") != nil, let minutes = number(2), hours < 24, minutes < 60 else {
                    return nil
                }
                let offset = hours * 3600 + minutes * 60
                seconds += sign == UInt8(ascii: "+") ? -offset : offset
            }
            guard rest.isEmpty else { return nil }
        }
        nanoseconds = Int128(seconds) * Self.nanosecondsPerSecond + fraction
    }

    /// Returns the text in UTC, with at most `places` digits of a fraction; `nil` for a year that has more than four digits.
    package func text(places: Int) -> String? {
        let (whole, rest) = nanoseconds.quotientAndRemainder(dividingBy: Self.nanosecondsPerSecond)
        let fraction = rest < 0 ? rest + Self.nanosecondsPerSecond : rest
        guard let seconds = Int(exactly: rest < 0 ? whole - 1 : whole) else { return nil }
        let (days, inDay) = seconds.quotientAndRemainder(dividingBy: Self.secondsPerDay)
        let second = inDay < 0 ? inDay + Self.secondsPerDay : inDay
        guard let (year, month, day) = Self.date(inDay < 0 ? days - 1 : days) else { return nil }
        func padded(_ number: some BinaryInteger, _ digits: Int = 2) -> String {
            let text = String(number)
            return String(repeating: "0", count: max(0, digits - text.count)) + text
        }
        let clock = [second / 3600, second / 60 % 60, second % 60].map { padded($0) }.joined(separator: ":")
        let digits = padded(fraction, 9).prefix(places).reversed().drop { $0 == "0" }.reversed()
        let point = digits.isEmpty ? "" : "." + String(digits)
        return "\(padded(year, 4))-\(padded(month))-\(padded(day))T\(clock)\(point)Z"
    }

    // MARK: The calendar

    private static func isLeap(_ year: Int) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }

    private static func days(in month: Int, of year: Int) -> Int {
        switch month {
        case 2: isLeap(year) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Returns the number of days from the start of the year 0 to that of `year`.
    private static func days(before year: Int) -> Int {
        let last = max(0, year - 1)
        return 365 * year + (year > 0 ? last / 4 - last / 100 + last / 400 + 1 : 0)
    }

    private static let daysBefore1970 = days(before: 1970)

    /// Returns the number of days from the start of 1970 to a date of the years 0 to 9999.
    private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let months = (1..<max(1, month)).reduce(0) { $0 + days(in: $1, of: year) }
        return days(before: year) - daysBefore1970 + months + day - 1
    }

    /// Returns the date that lies a number of days after the start of 1970; `nil` outside the years 0 to 9999.
    private static func date(_ days: Int) -> (year: Int, month: Int, day: Int)? {
        guard (0..<10_000 * 366).contains(days.addingReportingOverflow(daysBefore1970).partialValue) else { return nil }
        let total = days + daysBefore1970
        var year = total / 366
        while self.days(before: year + 1) <= total { year += 1 }
        guard year < 10_000 else { return nil }
        var (month, rest) = (1, total - self.days(before: year))
        while rest >= self.days(in: month, of: year) {
            (month, rest) = (month + 1, rest - self.days(in: month, of: year))
        }
        return (year, month, rest + 1)
    }
}
