import Testing

@testable import CachingClient

@Suite struct FlightBufferTests {
    private func piece(_ number: Int, _ count: Int = 4) -> [UInt8] {
        [UInt8](repeating: UInt8(number), count: count)
    }

    @Test func readersAtDifferentPlacesShareTheSameBytes() {
        var buffer = FlightBuffer(limit: 100)
        for number in 1...3 { buffer.append(piece(number)) }
        #expect(buffer.read(from: 0, maximum: 100) == [piece(1), piece(2), piece(3)])
        #expect(buffer.read(from: 4, maximum: 100) == [piece(2), piece(3)])
        #expect(buffer.read(from: 6, maximum: 100) == [piece(2, 2), piece(3)])
        #expect(buffer.read(from: 12, maximum: 100) == [])
        #expect(buffer.read(from: 0, maximum: 1) == [piece(1)])
        #expect(buffer.end == 12)
    }

    @Test func whatIsBeyondTheLimitIsLetGoOf() {
        var buffer = FlightBuffer(limit: 10)
        for number in 1...4 { buffer.append(piece(number)) }
        #expect(buffer.start == 8)
        #expect(buffer.read(from: 7, maximum: 100) == nil)
        #expect(buffer.read(from: 8, maximum: 100) == [piece(3), piece(4)])
        // A chunk longer than the limit is kept until the next comes: whoever keeps up gets it.
        buffer.append(piece(5, 50))
        #expect(buffer.start == 16)
        #expect(buffer.read(from: 16, maximum: 100) == [piece(5, 50)])
    }

    @Test func whatNobodyNeedsIsLetGoOf() {
        var buffer = FlightBuffer(limit: .max)
        for number in 1...200 { buffer.append(piece(number % 100)) }
        buffer.drop(before: 402)
        #expect(buffer.start == 400)
        #expect(buffer.read(from: 399, maximum: 8) == nil)
        #expect(buffer.read(from: 400, maximum: 8) == [piece(1), piece(2)])
        buffer.drop(before: 800)
        #expect(buffer.read(from: 800, maximum: 8) == [])
        buffer.append(piece(7))
        #expect(buffer.read(from: 800, maximum: 8) == [piece(7)])
    }

    @Test func nothingIsNothing() {
        var buffer = FlightBuffer(limit: 10)
        buffer.append([])
        #expect(buffer.end == 0)
        #expect(buffer.read(from: 0, maximum: 10) == [])
    }
}
