import HTTPSemantics
import Synchronization
import TestOrigin

/// A URL that cannot be fetched until it is opened: a crawl that has it in its list, with `--retry 100`, goes on until then. On
/// another host than the rest of the list, so that its Retry-After holds back nothing else.
final class Gate: Sendable {
    let url: String
    private let isOpen = Mutex(false)

    init(_ origin: TestOrigin) {
        url = "http://localhost:\(origin.port)/gate"
        origin.script("/gate") { [self] _ in
            isOpen.withLock { $0 }
                ? .text("open", fields: ["Cache-Control": "max-age=600"])
                : .text("closed", status: 503, fields: ["Retry-After": "1"])
        }
    }

    func open() {
        isOpen.withLock { $0 = true }
    }
}
