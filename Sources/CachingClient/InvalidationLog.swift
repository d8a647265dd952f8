import HTTPCaching
import Synchronization

/// Which keys unsafe requests have made doubtful lately (RFC 9111 section 4.4), so that a response that was asked for before is not
/// stored after.
final class InvalidationLog: Sendable {
    /// A moment, to be compared with later ones.
    struct Mark: Sendable {
        fileprivate let count: UInt64
    }

    private struct State {
        var count: UInt64 = 0
        /// The moment of each key's last invalidation.
        var latest: [CacheKey: UInt64] = [:]
        /// Keys that are no longer in `latest` were invalidated no later than this.
        var floor: UInt64 = 0
    }

    /// Beyond so many keys the log begins anew, and everything that is under way counts as doubtful.
    private static let maximumKeys = 1024

    private let state = Mutex(State())

    var mark: Mark { Mark(count: state.withLock(\.count)) }

    func add(_ keys: [CacheKey]) {
        state.withLock { state in
            state.count += 1
            if state.latest.count + keys.count > Self.maximumKeys {
                state.latest = [:]
                state.floor = state.count
            }
            for key in keys { state.latest[key] = state.count }
        }
    }

    /// Whether the key was made doubtful after that moment.
    func contains(_ key: CacheKey, after mark: Mark) -> Bool {
        state.withLock { max($0.latest[key] ?? 0, $0.floor) > mark.count }
    }
}
