import Foundation
import Synchronization

/// State that threads change and wait for.
final class Monitor<State: Sendable>: Sendable {
    private let state: Mutex<State>
    private let condition = NSCondition()

    init(_ state: State) {
        self.state = Mutex(state)
    }

    var value: State { state.withLock { $0 } }

    @discardableResult
    func change<Result: Sendable>(_ body: @Sendable (inout State) -> Result) -> Result {
        condition.lock()
        defer { condition.unlock() }
        let result = state.withLock { body(&$0) }
        condition.broadcast()
        return result
    }

    /// - Returns: whether the condition came true; the limit only bounds a failing test.
    @discardableResult
    func wait(seconds: Double = 20, until isTrue: @Sendable (State) -> Bool) -> Bool {
        let end = Date(timeIntervalSinceNow: seconds)
        condition.lock()
        defer { condition.unlock() }
        while !state.withLock({ isTrue($0) }) {
            if !condition.wait(until: end) { return state.withLock { isTrue($0) } }
        }
        return true
    }
}
