/// A point in time: milliseconds since 1970-01-01T00:00:00Z, leap seconds not counted.
///
/// HTTP counts in whole seconds (RFC 9110 section 5.6.7, RFC 9111 section 1.2.2); the store keeps milliseconds. Pure code
/// gets the present as an argument of this type and never reads a clock.
package struct UnixTime: Hashable, Comparable, Sendable {
    /// Milliseconds since 1970; negative before.
    package var milliseconds: Int64

    package init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    /// A whole second since 1970; saturates instead of overflowing.
    package init(seconds: Int64) {
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1000)
        self.milliseconds = overflow ? (seconds < 0 ? .min : .max) : product
    }

    /// Whole seconds since 1970, rounded down.
    package var seconds: Int64 {
        let (quotient, remainder) = milliseconds.quotientAndRemainder(dividingBy: 1000)
        return remainder < 0 ? quotient - 1 : quotient
    }

    /// This time moved by `milliseconds`; saturates instead of overflowing.
    package func advanced(byMilliseconds milliseconds: Int64) -> UnixTime {
        let (sum, overflow) = self.milliseconds.addingReportingOverflow(milliseconds)
        return UnixTime(milliseconds: overflow ? (milliseconds < 0 ? .min : .max) : sum)
    }

    /// This time moved by `seconds`; saturates instead of overflowing.
    package func advanced(bySeconds seconds: Int64) -> UnixTime {
        advanced(byMilliseconds: UnixTime(seconds: seconds).milliseconds)
    }

    /// Milliseconds from `earlier` to this time; negative if this time lies before it. Saturates instead of overflowing.
    package func milliseconds(since earlier: UnixTime) -> Int64 {
        let (difference, overflow) = milliseconds.subtractingReportingOverflow(earlier.milliseconds)
        return overflow ? (milliseconds < earlier.milliseconds ? .min : .max) : difference
    }

    package static func < (left: UnixTime, right: UnixTime) -> Bool {
        left.milliseconds < right.milliseconds
    }
}
