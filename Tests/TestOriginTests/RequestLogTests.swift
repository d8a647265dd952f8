import HTTPSemantics
import Testing

@testable import TestOrigin

struct RequestLogTests {
    private func request(_ target: String, body: [UInt8] = []) -> OriginRequest {
        OriginRequest(
            method: .get, target: target, fields: [:], body: body, time: UnixTime(seconds: 0), connection: 1, keepsAlive: true)
    }

    @Test func theLatestRequestsAreKept() {
        var log = RequestLog(maximumRequests: 3)
        #expect(log.requests.isEmpty)
        for number in 0..<5 { log.add(request("/\(number)")) }
        #expect(log.requests.map(\.target) == ["/2", "/3", "/4"])
        #expect(log.requestCount == 5)
        #expect(log.count(target: "/0") == 1)
        log.clear()
        #expect(log.requests.isEmpty)
        log.add(request("/5"))
        #expect(log.requests.map(\.target) == ["/5"])
    }

    @Test func bodiesAreShortened() {
        var log = RequestLog(maximumRequests: 1)
        log.add(request("/", body: [UInt8](repeating: 1, count: 10_000)))
        #expect(log.requests.first?.body.count == RequestLog.maximumLoggedBodyBytes)
    }

    @Test func countedTargetsAreBounded() {
        var log = RequestLog(maximumRequests: 1)
        for number in 0...RequestLog.maximumCountedTargets { log.add(request("/\(number)")) }
        #expect(log.count(target: "/\(RequestLog.maximumCountedTargets)") == 0)
        log.add(request("/0"))
        #expect(log.count(target: "/0") == 2)
    }

    @Test func nothingIsKeptWhereNothingIsWanted() {
        var log = RequestLog(maximumRequests: 0)
        log.add(request("/"))
        #expect(log.requests.isEmpty)
        #expect(log.count(target: "/") == 0)
        #expect(log.requestCount == 1)
    }
}
