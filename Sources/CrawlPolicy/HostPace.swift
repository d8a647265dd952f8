/// How fast a host may be asked after what it has answered: slower at once where it says that it is too much, faster again little
/// by little.
///
/// Each step down halves the requests in flight; below one request there are pauses between two of them, doubled with each step.
/// So a host that goes on refusing is asked less and less, and after some minutes left alone; one that has recovered is at full speed
/// after some hundred answers.
struct HostPace: Hashable, Sendable {
    /// Steps below full speed; 0: none.
    private(set) var level = 0
    /// Answers since the last change of the level.
    private var answers = 0

    /// Requests still under way that began before the last step down: what becomes of them says nothing about it.
    private var former = 0

    /// So many answers in a row bring a host one step up.
    static let answersToStepUp = 20
    /// Beyond it a host is not slowed down further.
    static let maximumLevel = 16
    /// The first pause, in milliseconds.
    static let shortestPause: Int64 = 250
    /// The longest pause, in milliseconds.
    static let longestPause: Int64 = 60_000

    /// Whether nothing needs to be remembered.
    var isFull: Bool { level == 0 }

    /// The host has answered as one does that can do more.
    mutating func noteAnswer() {
        guard level > 0 else { return }
        if former > 0 {
            former -= 1
            return
        }
        answers += 1
        if answers >= Self.answersToStepUp { (level, answers) = (level - 1, 0) }
    }

    /// The host has said that it is too much (429, 503).
    ///
    /// - Parameter inFlight: its requests that are still under way.
    mutating func noteRefusal(inFlight: Int) {
        answers = 0
        if former > 0 {
            former -= 1
            return
        }
        level = min(level + 1, Self.maximumLevel)
        former = inFlight
    }

    /// Whether it has gone on refusing up to the longest pause: to ask it again and again would take for ever.
    ///
    /// - Parameter maximum: requests in flight at full speed.
    func isHopeless(of maximum: Int) -> Bool {
        pauseMilliseconds(of: maximum) >= Self.longestPause
    }

    /// How long a host is left alone that goes on refusing, in milliseconds.
    static let hopelessRest: Int64 = 3_600_000

    /// Requests that may be in flight; at least 1.
    ///
    /// - Parameter maximum: at full speed.
    func bound(of maximum: Int) -> Int {
        max(1, maximum >> level)
    }

    /// Pause between the end of one response and the next request, in milliseconds; 0: none.
    ///
    /// - Parameter maximum: requests in flight at full speed.
    func pauseMilliseconds(of maximum: Int) -> Int64 {
        // The first level at which one request is in flight has no pause yet.
        let levelsOfHalving = maximum <= 1 ? 0 : Int.bitWidth - maximum.leadingZeroBitCount - 1
        guard level > levelsOfHalving else { return 0 }
        return min(Self.longestPause, Self.shortestPause << min(level - levelsOfHalving - 1, 20))
    }
}
