import HTTPSemantics
import Testing

@testable import CrawlPolicy

@Suite struct RetryPolicyTests {
    private let now = UnixTime(milliseconds: 1_000_000)

    private func decide(
        _ failure: RetryPolicy.Failure, attempt: Int = 1, isIdempotent: Bool = true, jitter: Double = 0
    ) -> RetryPolicy.Decision {
        RetryPolicy(retries: 2).decide(failure: failure, attempt: attempt, isIdempotent: isIdempotent, jitter: jitter, now: now)
    }

    @Test func thePauseDoublesAndJitterSpreadsItsUpperHalf() {
        #expect(decide(.connection, attempt: 1) == .retry(at: now.advanced(byMilliseconds: 500)))
        #expect(decide(.connection, attempt: 1, jitter: 0.5) == .retry(at: now.advanced(byMilliseconds: 750)))
        #expect(decide(.connection, attempt: 2) == .retry(at: now.advanced(byMilliseconds: 1000)))
    }

    @Test func thePauseHasACeiling() {
        let policy = RetryPolicy(retries: 100)
        #expect(
            policy.decide(failure: .connection, attempt: 90, isIdempotent: true, jitter: 1, now: now)
                == .retry(at: now.advanced(byMilliseconds: 60_000)))
    }

    @Test func attemptsAreLimited() {
        #expect(decide(.connection, attempt: 3) == .giveUp)
    }

    @Test(arguments: [408, 429, 500, 502, 503, 504]) func transientStatusesAreTriedAgain(status: Int) {
        #expect(decide(.status(status, retryAfter: nil)) != .giveUp)
    }

    @Test(arguments: [200, 301, 400, 401, 403, 404, 410, 501, 505]) func otherStatusesAreAnswers(status: Int) {
        #expect(decide(.status(status, retryAfter: nil)) == .giveUp)
    }

    @Test func retryAfterIsTheEarliestTime() {
        let later = now.advanced(bySeconds: 120)
        #expect(decide(.status(429, retryAfter: later)) == .retry(at: later))
        #expect(decide(.status(429, retryAfter: now)) == .retry(at: now.advanced(byMilliseconds: 500)))
    }

    @Test func whatMayNotBeSentTwiceIsNot() {
        #expect(decide(.connection, isIdempotent: false) == .giveUp)
        #expect(decide(.status(500, retryAfter: nil), isIdempotent: false) == .giveUp)
        #expect(decide(.status(503, retryAfter: nil), isIdempotent: false) != .giveUp)
    }

    @Test func aPermanentFailureStays() {
        #expect(decide(.permanent) == .giveUp)
    }
}
