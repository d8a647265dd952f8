#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// State behind a lock, with a condition that threads of our own wait on. Never waited on by a task of the concurrency pool.
///
/// Unchecked because the state is reached only through `withLock` and `wait`, both under the mutex; the mutex and the
/// condition lie at fixed addresses for the life of the object.
final class Monitor<State>: @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var state: State

    init(_ state: sending State) {
        self.state = state
        mutex.initialize(to: pthread_mutex_t())
        condition.initialize(to: pthread_cond_t())
        pthread_mutex_init(mutex, nil)
        #if canImport(Darwin)
            pthread_cond_init(condition, nil)
        #else
            // Time limits must not follow the wall clock when somebody sets it.
            var attributes = pthread_condattr_t()
            pthread_condattr_init(&attributes)
            pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
            pthread_cond_init(condition, &attributes)
            pthread_condattr_destroy(&attributes)
        #endif
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    func withLock<Result>(_ body: (inout State) -> Result) -> Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return body(&state)
    }

    /// Waits until `body` returns a value; it is asked at once and after each `wakeAll` or `wakeOne`.
    /// After each wait, and before it is asked again, `waking` may undo what a nil answer has noted.
    func wait<Result>(until body: (inout State) -> Result?, waking: (inout State) -> Void = { _ in }) -> Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while true {
            if let result = body(&state) { return result }
            pthread_cond_wait(condition, mutex)
            waking(&state)
        }
    }

    /// The same with a time limit: what `late` says where `body` has returned nothing by then.
    func wait<Result>(
        until deadline: ContinuousClock.Instant, for body: (inout State) -> Result?, late: (inout State) -> Result
    ) -> Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while true {
            if let result = body(&state) { return result }
            let left = deadline - ContinuousClock.now
            guard left > .zero else { return late(&state) }
            // Woken early or by chance, the loop goes round again; an hour a time keeps the sums small.
            let part = min(left, .seconds(3600)).components
            var time = timespec()
            #if canImport(Darwin)
                time.tv_sec = Int(part.seconds)
                time.tv_nsec = Int(part.attoseconds / 1_000_000_000)
                pthread_cond_timedwait_relative_np(condition, mutex, &time)
            #else
                clock_gettime(CLOCK_MONOTONIC, &time)
                let nanoseconds = Int64(time.tv_nsec) + part.attoseconds / 1_000_000_000
                time.tv_sec += numericCast(part.seconds + nanoseconds / 1_000_000_000)
                time.tv_nsec = numericCast(nanoseconds % 1_000_000_000)
                pthread_cond_timedwait(condition, mutex, &time)
            #endif
        }
    }

    func wakeOne() {
        pthread_cond_signal(condition)
    }

    func wakeAll() {
        pthread_cond_broadcast(condition)
    }
}
