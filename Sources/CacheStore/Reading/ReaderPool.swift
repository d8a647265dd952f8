/// A few threads with a connection each that answer reads. What waits together is answered in one read transaction.
final class ReaderPool: Sendable {
    typealias Job = @Sendable (Result<DatabaseReader, StoreError>) -> Void

    private struct State: Sendable {
        var jobs: [Job] = []
        var threads = 0
        var sleeping = 0
        var isClosed = false
    }

    /// Jobs in one read transaction: a long transaction holds back the write-ahead log.
    private static let maximumJobs = 64

    private let monitor = Monitor(State())
    private let database: CacheDatabase
    private let threadCount: Int
    /// Completed when the pool is stopped and no thread is left.
    private let ended = CommitHandle()

    init(database: CacheDatabase, threadCount: Int) {
        self.database = database
        self.threadCount = max(1, threadCount)
    }

    /// Runs `body` on a reading thread inside a read transaction.
    func read<Result: Sendable>(
        _ name: String, _ body: @escaping @Sendable (DatabaseReader) throws(StoreError) -> Result
    ) async throws(StoreError) -> Result {
        let result: Swift.Result<Result, StoreError> = await withCheckedContinuation { continuation in
            let failure = add { reader in
                do throws(StoreError) {
                    continuation.resume(returning: .success(try body(try reader.get())))
                } catch {
                    continuation.resume(returning: .failure(error))
                }
            } name: {
                name
            }
            if let failure { continuation.resume(returning: .failure(failure)) }
        }
        return try result.get()
    }

    /// Starts the threads and opens their connections before there is anything to read. What cannot be opened is tried again, and
    /// told, when somebody reads.
    func open() {
        let missing = monitor.withLock { state in
            if state.isClosed { return 0 }
            defer { state.threads = threadCount }
            return threadCount - state.threads
        }
        for _ in 0..<missing { startThread(opensAtOnce: true) }
    }

    /// Threads that wait for something to read; they have opened what they were to open at once.
    var sleepingCount: Int { monitor.withLock { $0.sleeping } }

    /// Queues a job; returns why it could not be.
    private func add(_ job: @escaping Job, name: () -> String) -> StoreError? {
        let (isClosed, mustStart, mustWake) = monitor.withLock { state in
            if state.isClosed { return (true, false, false) }
            state.jobs.append(job)
            if state.sleeping > 0 { return (false, false, true) }
            let mustStart = state.threads < threadCount
            if mustStart { state.threads += 1 }
            return (false, mustStart, false)
        }
        if isClosed { return StoreError(.closed, operation: name(), path: database.directory.path) }
        if mustWake { monitor.wakeOne() }
        if mustStart { startThread() }
        return nil
    }

    private func startThread(opensAtOnce: Bool = false) {
        do throws(StoreError) {
            try DedicatedThread.start("larder-reader", path: database.path) { [self] in run(opensAtOnce: opensAtOnce) }
        } catch {
            // The last thread that could answer: nobody may wait forever.
            let orphans = monitor.withLock { state -> [Job] in
                state.threads -= 1
                guard state.threads == 0 else { return [] }
                if state.isClosed { ended.complete(.success(())) }
                defer { state.jobs = [] }
                return state.jobs
            }
            for job in orphans { job(.failure(error)) }
        }
    }

    /// Takes no more jobs; the threads end once the waiting ones are answered.
    func stop() {
        let ran = monitor.withLock { state in
            state.isClosed = true
            return state.threads > 0
        }
        monitor.wakeAll()
        if !ran { ended.complete(.success(())) }
    }

    /// Stops, and returns when the connections are closed.
    func close() async {
        stop()
        try? await ended.value
    }

    private func run(opensAtOnce: Bool) {
        answerAll(opensAtOnce: opensAtOnce)
        let isLast = monitor.withLock { state in
            state.threads -= 1
            return state.threads == 0
        }
        if isLast { ended.complete(.success(())) }
    }

    /// Returns when the pool is stopped; the connection is closed then.
    private func answerAll(opensAtOnce: Bool) {
        var reader = opensAtOnce ? try? DatabaseReader(database: database) : nil
        while true {
            let jobs = monitor.wait { state -> [Job]? in
                if state.jobs.isEmpty {
                    if state.isClosed { return [] }
                    state.sleeping += 1
                    return nil
                }
                let count = min(Self.maximumJobs, state.jobs.count)
                defer { state.jobs.removeFirst(count) }
                return Array(state.jobs[..<count])
            } waking: { state in
                state.sleeping -= 1
            }
            if jobs.isEmpty { return }
            answer(jobs, with: &reader)
        }
    }

    private func answer(_ jobs: [Job], with reader: inout DatabaseReader?) {
        let result: Result<DatabaseReader, StoreError>
        do throws(StoreError) {
            let opened: DatabaseReader
            if let known = reader { opened = known } else { opened = try DatabaseReader(database: database) }
            reader = opened
            try opened.begin()
            result = .success(opened)
        } catch {
            result = .failure(error)
        }
        for job in jobs { job(result) }
        if case .success(let reader) = result { reader.end() }
    }
}
