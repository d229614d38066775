import Glibc
import Serving

/// Returns a time in UTC, as `YYMMDDhhmm` or `YYMMDDhhmmss`.
func date(_ moment: Moment, seconds: Bool) -> String {
    var (time, parts) = (time_t(moment / 1000), tm())
    gmtime_r(&time, &parts)
    let numbers = [parts.tm_year % 100, parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec]
    return numbers.prefix(seconds ? 6 : 5).map { ($0 < 10 ? "0" : "") + "\($0)" }.joined()
}

/// Returns the time that a text of SMPP stands for: `YYMMDDhhmmss000R` from now, or a date as in `YYMMDDhhmmss000+`, whose last digits
/// before the sign are the quarters of an hour that local time is ahead of UTC (`-`: behind).
///
/// - Returns: The time; `nil` if the text is not a time.
func moment(_ text: String, from now: Moment) -> Moment? {
    let (digits, sign) = (text.dropLast(), text.last)
    guard text.utf8.count == 16, digits.allSatisfy({ ("0"..."9").contains($0) }) else { return nil }
    var numbers: [Int32] = []
    for start in stride(from: 0, to: 12, by: 2) { numbers.append(Int32(digits.dropFirst(start).prefix(2)) ?? 0) }
    var parts = tm()
    parts.tm_mday = numbers[2]
    parts.tm_hour = numbers[3]
    parts.tm_min = numbers[4]
    parts.tm_sec = numbers[5]
    let quarters = Moment(digits.suffix(2)) ?? 0
    switch sign {
    case "R":
        // A year has 365 days here, and a month 30.
        let days = Moment(numbers[0]) * 365 + Moment(numbers[1]) * 30 + Moment(numbers[2])
        let seconds = ((days * 24 + Moment(parts.tm_hour)) * 60 + Moment(parts.tm_min)) * 60 + Moment(parts.tm_sec)
        return now + seconds * 1000
    case "+", "-":
        parts.tm_year = 100 + numbers[0]
        parts.tm_mon = numbers[1] - 1
        return Moment(timegm(&parts)) * 1000 - (sign == "+" ? quarters : -quarters) * 15 * 60 * 1000
    default: return nil
    }
}
