import Foundation
import SwitchboardSpec
import Testing

/// Times in the form of RFC 3339, and the numbers that say them.
@Suite("Times")
struct TimestampTests {
    @Test(
        "a time is a number of seconds since 1970",
        arguments: [
            ("1970-01-01T00:00:00Z", 0), ("1969-12-31T23:59:59Z", -1), ("2000-02-29T12:34:56Z", 951_827_696),
            ("2023-11-14T22:13:20Z", 1_700_000_000), ("1900-01-01T00:00:00Z", -2_208_988_800),
            ("9999-12-31T23:59:59Z", 253_402_300_799), ("0000-01-01T00:00:00Z", -62_167_219_200),
            ("0000-12-31T00:00:00Z", -62_135_683_200), ("2100-03-01T00:00:00Z", 4_107_542_400),
        ]
    )
    func seconds(text: String, seconds: Int) throws {
        let time = try #require(Timestamp(text))
        #expect(time.nanoseconds == Int128(seconds) * Timestamp.nanosecondsPerSecond)
        #expect(time.text(places: 9) == text)
    }

    @Test(
        "a time may have a fraction, an offset and small letters, or be a date",
        arguments: [
            ("2026-11-29T22:10:00.5Z", "2026-11-29T22:10:00.5Z"),
            ("2026-11-29T22:10:00.000000001Z", "2026-11-29T22:10:00.000000001Z"),
            ("2026-11-29T23:10:00+01:00", "2026-11-29T22:10:00Z"),
            ("2026-11-29T16:40:00-05:30", "2026-11-29T22:10:00Z"),
            ("2026-11-29t22:10:00z", "2026-11-29T22:10:00Z"), ("2026-11-29 22:10:00Z", "2026-11-29T22:10:00Z"),
            ("2026-11-29", "2026-11-29T00:00:00Z"), ("1969-12-31T23:59:59.250Z", "1969-12-31T23:59:59.25Z"),
        ]
    )
    func forms(text: String, shown: String) { #expect(Timestamp(text)?.text(places: 9) == shown) }

    @Test(
        "other text is no time",
        arguments: [
            "", "now", "2026", "2026-11", "2026-11-31", "2026-02-29", "1900-02-29", "2026-00-01", "2026-13-01",
            "2026-01-00",
            "2026-11-29T", "2026-11-29T22:10:00", "2026-11-29T22:10Z", "2026-11-29T24:00:00Z", "2026-11-29T22:60:00Z",
            "2026-11-29T22:10:60Z", "2026-11-29T22:10:00.Z", "2026-11-29T22:10:00.0000000001Z",
            "2026-11-29T22:10:00+01",
            "2026-11-29T22:10:00+0100", "2026-11-29T22:10:00Z ", "2026-11-29T22:10:00+24:00", "+026-11-29",
            "2026-11-2٣",
            "99999-01-01", String(repeating: "9", count: 100_000),
        ]
    )
    func otherText(text: String) { #expect(Timestamp(text) == nil) }

    @Test("shows the days of ten thousand years as Foundation does, and reads them again")
    func calendar() {
        let style = Date.ISO8601FormatStyle()
        var seconds = Int128(Timestamp("1583-01-01")?.nanoseconds ?? 0) / Timestamp.nanosecondsPerSecond
        while let text = Timestamp(nanoseconds: seconds * Timestamp.nanosecondsPerSecond).text(places: 0) {
            #expect(text == Date(timeIntervalSince1970: Double(seconds)).formatted(style))
            #expect(Timestamp(text)?.nanoseconds == seconds * Timestamp.nanosecondsPerSecond)
            // 97 days, and a second, so that all hours occur.
            seconds += 97 * 86_400 + 3_601
        }
        #expect(seconds > 253_402_300_799)
    }

    @Test("numbers of every size are shown, as a time if the year has four digits")
    func numbers() {
        let seconds = TimeSpec(unit: .seconds)
        #expect(seconds.text(of: SpecInteger(magnitude: .max)) == "\(UInt64.max)")
        #expect(seconds.text(of: SpecInteger(isNegative: true, magnitude: 1 << 63)) == "-9223372036854775808")
        var old = TimeSpec(unit: .nanoseconds)
        old.epoch = Timestamp("9999-12-31") ?? .unix
        #expect(old.text(of: SpecInteger(magnitude: .max)) == "\(UInt64.max)")
        #expect(old.text(of: SpecInteger(magnitude: 1)) == "1 (9999-12-31T00:00:00.000000001Z)")
        #expect(old.number(of: "0000-01-01") == nil)
        #expect(
            TimeSpec(unit: .milliseconds).number(of: "1969-12-31T23:59:59.999Z")
                == SpecInteger(isNegative: true, magnitude: 1)
        )
    }
}
