import Dispatch
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Watches SIGINT and SIGTERM: the first asks the work to stop, a second ends the process at once with 128 plus the signal's
/// number. What comes within `echo` of the first is the first once more: timeout(1) signals the process and then its group.
final class SignalWatch {
    /// Shared with the sources' handlers, which run on a queue.
    private final class Arrivals: Sendable {
        let first = Mutex<ContinuousClock.Instant?>(nil)
    }

    private static let echo = Duration.milliseconds(300)

    private let arrivals = Arrivals()
    private let sources: [any DispatchSourceSignal]

    /// - Parameter onFirst: called once, on a queue of the watch's own, with the signal's name.
    init(onFirst: @escaping @Sendable (String) -> Void) {
        let queue = DispatchQueue(label: "larder.signals")
        sources = [(SIGINT, "SIGINT"), (SIGTERM, "SIGTERM")].map { [arrivals] number, name in
            // The default action would end the process before the source sees the signal.
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            source.setEventHandler {
                let present = ContinuousClock.now
                let first = arrivals.first.withLock { first in
                    defer { first = first ?? present }
                    return first
                }
                guard let first else { return onFirst(name) }
                if present - first > Self.echo { _exit(128 + number) }
            }
            source.activate()
            return source
        }
    }

    deinit {
        for source in sources { source.cancel() }
    }

    /// Whether a signal has come.
    var hasSignalled: Bool { arrivals.first.withLock { $0 != nil } }

    /// A write to a closed pipe shall be an error, not the process's end.
    static func ignoreBrokenPipes() {
        signal(SIGPIPE, SIG_IGN)
    }
}
