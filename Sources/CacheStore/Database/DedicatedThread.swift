#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Threads of our own for work that waits on the disk, so that the concurrency pool, as wide as the processor, never does.
enum DedicatedThread {
    private final class Work: Sendable {
        private let name: String
        private let body: @Sendable () -> Void

        init(_ name: String, _ body: @escaping @Sendable () -> Void) {
            self.name = name
            self.body = body
        }

        func run() {
            // Without a name of its own a thread is listed under that of the thread that started it. The file is Linux's; where
            // there is none, nothing is lost.
            let file = open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
            if file >= 0 {
                _ = write(file, name, name.utf8.count)
                close(file)
            }
            body()
        }
    }

    /// Starts a thread that runs `body` and ends with it.
    ///
    /// - Parameters:
    ///   - name: what debuggers and profilers list it under; at most 15 bytes.
    ///   - path: for the error where the system has no more threads.
    static func start(_ name: String, path: String, _ body: @escaping @Sendable () -> Void) throws(StoreError) {
        let work = Unmanaged.passRetained(Work(name, body))
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        defer { pthread_attr_destroy(&attributes) }
        #if canImport(Darwin)
            var thread: pthread_t?
            let result = pthread_create(
                &thread, &attributes,
                { context in
                    Unmanaged<Work>.fromOpaque(context).takeRetainedValue().run()
                    return nil
                }, work.toOpaque())
        #else
            var thread = pthread_t()
            let result = pthread_create(
                &thread, &attributes,
                { context in
                    if let context { Unmanaged<Work>.fromOpaque(context).takeRetainedValue().run() }
                    return nil
                }, work.toOpaque())
        #endif
        guard result == 0 else {
            work.release()
            throw StoreError(.ioError, operation: "start a thread", path: path, systemError: result)
        }
    }

    /// Runs `body` on a thread made for it; for seldom and long work.
    static func run<Result: Sendable>(
        path: String, _ body: @escaping @Sendable () throws(StoreError) -> Result
    ) async throws(StoreError) -> Result {
        let result: Swift.Result<Result, StoreError> = await withCheckedContinuation { continuation in
            do throws(StoreError) {
                try start("larder-task", path: path) {
                    do throws(StoreError) {
                        continuation.resume(returning: .success(try body()))
                    } catch {
                        continuation.resume(returning: .failure(error))
                    }
                }
            } catch {
                continuation.resume(returning: .failure(error))
            }
        }
        return try result.get()
    }
}
