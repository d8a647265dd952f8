import Foundation
import Synchronization

/// An answer that a thread waits for where it cannot suspend.
final class AnswerBox: Sendable {
    private let answer = Mutex<Bool?>(nil)
    private let ready = DispatchSemaphore(value: 0)

    func set(_ value: Bool) {
        answer.withLock { $0 = value }
        ready.signal()
    }

    func wait() -> Bool {
        ready.wait()
        return answer.withLock { $0 } ?? false
    }
}
