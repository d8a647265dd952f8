import NIOCore

/// Whether one server gets requests, by how the last ones ended.
struct Health {
    /// This many failures in a row take a server out.
    static let failureLimit = 3
    static let shortestPause = TimeAmount.seconds(1)
    static let longestPause = TimeAmount.seconds(60)

    private(set) var state = Balancer.Status.State.inService
    private(set) var failures = 0
    /// How long the server stays out this time.
    private var pause = Health.shortestPause
    /// How many probes there have been; requests that are let through while one is under way belong to it, and the first to end
    /// decides.
    private var probes = 0
    private var lastFailure = NIODeadline.distantPast
    /// When the pause ended that the probe under way follows, for a probe that tells nothing.
    private var probeDue = NIODeadline.distantPast

    func isAvailable(now: NIODeadline) -> Bool {
        switch state {
        case .inService: true
        case .out(let until): until <= now
        case .probing: false
        }
    }

    /// When the server may be tried though it is out, as no other is in service. Only right after a failure is it surely in vain.
    var lastResort: NIODeadline {
        switch state {
        case .inService: .distantPast
        case .out(let until): min(until, lastFailure + Self.shortestPause)
        case .probing: lastFailure + Self.shortestPause
        }
    }

    /// - Returns: the number of the probe where the request is one; nil: it is none.
    mutating func began() -> Int? {
        switch state {
        case .inService:
            return nil
        case .out(let until):
            probeDue = until
            state = .probing
            probes += 1
            return probes
        case .probing:
            return probes
        }
    }

    /// - Parameter probe: the number of the probe that the request was.
    mutating func ended(probe: Int?, _ outcome: Balancer.Outcome, now: NIODeadline) {
        if outcome == .failure || outcome == .unreachable { lastFailure = now }
        if probe == probes, case .probing = state {
            probed(outcome, now: now)
            return
        }
        // What began before the server was taken out tells nothing new.
        guard case .inService = state else { return }
        switch outcome {
        case .success:
            failures = 0
        case .failure, .unreachable:
            failures += 1
            if failures >= Self.failureLimit {
                pause = Self.shortestPause
                state = .out(until: now + pause)
            }
        case .unknown:
            break
        }
    }

    private mutating func probed(_ outcome: Balancer.Outcome, now: NIODeadline) {
        switch outcome {
        case .success:
            state = .inService
            failures = 0
        case .failure, .unreachable:
            failures += 1
            pause = min(pause * 2, Self.longestPause)
            state = .out(until: now + pause)
        case .unknown:
            state = .out(until: probeDue)
        }
    }
}
