import HTTPSemantics

/// What the origin has seen. All of it is bounded: a test or a demo may send millions of requests.
struct RequestLog: Sendable {
    static let maximumLoggedBodyBytes = 4096
    static let maximumCountedTargets = 100_000

    private let maximumRequests: Int
    /// A ring: when it is full, `oldest` is overwritten next.
    private var ring: [OriginRequest] = []
    private var oldest = 0
    private var countsByTarget: [String: Int] = [:]
    private var countsByHost: [String: Int] = [:]

    private(set) var requestCount = 0
    private(set) var countsByStatus: [Int: Int] = [:]
    private(set) var openConnections = 0
    private(set) var maximumOpenConnections = 0
    private(set) var acceptedConnections = 0

    init(maximumRequests: Int) {
        self.maximumRequests = max(0, maximumRequests)
    }

    /// The requests that are kept, oldest first.
    var requests: [OriginRequest] {
        Array(ring[oldest...]) + ring[..<oldest]
    }

    func count(target: String) -> Int {
        countsByTarget[target] ?? 0
    }

    func count(host: String) -> Int {
        countsByHost[host.lowercased()] ?? 0
    }

    mutating func add(_ request: OriginRequest) {
        requestCount += 1
        guard maximumRequests > 0 else { return }
        if countsByTarget.count < Self.maximumCountedTargets || countsByTarget[request.target] != nil {
            countsByTarget[request.target, default: 0] += 1
        }
        let host = request.host
        if countsByHost.count < Self.maximumCountedTargets || countsByHost[host] != nil { countsByHost[host, default: 0] += 1 }
        var request = request
        if request.body.count > Self.maximumLoggedBodyBytes {
            request.body = Array(request.body.prefix(Self.maximumLoggedBodyBytes))
        }
        if ring.count < maximumRequests {
            ring.append(request)
        } else {
            ring[oldest] = request
            oldest = (oldest + 1) % maximumRequests
        }
    }

    mutating func addResponse(status: Int) {
        countsByStatus[status, default: 0] += 1
    }

    /// Forgets requests and counts; connections stay counted.
    mutating func clear() {
        ring = []
        oldest = 0
        countsByTarget = [:]
        countsByHost = [:]
        countsByStatus = [:]
        requestCount = 0
        maximumOpenConnections = openConnections
    }

    /// Returns the number of the connection.
    mutating func connectionOpened() -> Int {
        acceptedConnections += 1
        openConnections += 1
        maximumOpenConnections = max(maximumOpenConnections, openConnections)
        return acceptedConnections
    }

    mutating func connectionClosed() {
        openConnections -= 1
    }
}
